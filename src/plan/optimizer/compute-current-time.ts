import { specialDay, specialInstant, specialLocal } from '../../eval/datetime/special.js';
import { type DataType, STRING, type Value, type Zone, zoneOf } from '../../types/index.js';
import { Cast } from '../expressions/cast.js';
import { atMoment } from '../expressions/current-time.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { type Rule, rule } from '../rule.js';
import type { OptimizerEnv } from './conf.js';

/** One point in time for a whole query. Spark: `ComputeCurrentTime`. */
export const computeCurrentTime = (env: OptimizerEnv): Rule =>
  rule('ComputeCurrentTime', (plan) =>
    plan.transformUpWithSubqueries((p) => p.mapExpressions((e) => atMoment(e, env.currentTimeMicros))),
  );

/** Casts of constant texts such as `today` and `epoch` are moments. Spark: `SpecialDatetimeValues`. */
export const specialDatetimeValues = (env: OptimizerEnv): Rule =>
  rule('SpecialDatetimeValues', (plan) =>
    plan.transformUpWithSubqueries((p) =>
      p.transformExpressionsUp((e) => {
        if (!(e instanceof Cast) || e.child.dataType.kind !== 'string' || !isMoment(e.dataType)) return e;
        if (!(e.child instanceof Literal) || typeof e.child.value !== 'string') return e;
        const value = special(e.child.value, e.dataType, zoneOf(e.timeZone ?? 'UTC'), env.currentTimeMicros);
        return value === undefined ? e : new Literal(value, e.dataType);
      }),
    ),
  );

const isMoment = (t: DataType): boolean => t.kind === 'date' || t.kind === 'timestamp' || t.kind === 'timestamp_ntz';

function special(text: string, type: DataType, zone: Zone, now: bigint): Value | undefined {
  if (type.kind === 'date') return specialDay(text, zone, now);
  return type.kind === 'timestamp' ? specialInstant(text, zone, now) : specialLocal(text, zone, now);
}

/** `current_catalog()`, `current_database()`, `current_user()`. Spark: `ReplaceCurrentLike`. */
export const replaceCurrentLike = (env: OptimizerEnv): Rule =>
  rule('ReplaceCurrentLike', (plan) =>
    plan.transformUpWithSubqueries((p) =>
      p.transformExpressionsUp((e) => {
        if (!(e instanceof ScalarCall) || e.operands.length > 0) return e;
        switch (e.def.sparkClass) {
          case 'CurrentCatalog':
            return new Literal(env.currentCatalog, STRING);
          case 'CurrentDatabase':
            return new Literal(env.currentDatabase, STRING);
          case 'CurrentUser':
            return new Literal(env.currentUser, STRING);
          default:
            return e;
        }
      }),
    ),
  );
