import { castFunction } from '../../eval/cast.js';
import { specialDay, specialInstant, specialLocal } from '../../eval/datetime/special.js';
import {
  DATE,
  type DataType,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  type Value,
  type Zone,
  zoneOf,
} from '../../types/index.js';
import { Cast } from '../expressions/cast.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { type Rule, rule } from '../rule.js';
import type { OptimizerEnv } from './conf.js';

/** One point in time for a whole query. Spark: `ComputeCurrentTime`. */
export const computeCurrentTime = (env: OptimizerEnv): Rule =>
  rule('ComputeCurrentTime', (plan) =>
    plan.transformUpWithSubqueries((p) =>
      p.transformExpressionsUp((e) => {
        if (!(e instanceof ScalarCall)) return e;
        const zone = e.timeZone ?? 'UTC';
        switch (e.def.name) {
          case 'current_timestamp':
          case 'now':
            return new Literal(env.currentTimeMicros, TIMESTAMP);
          case 'localtimestamp':
            return new Literal(
              castFunction(TIMESTAMP, TIMESTAMP_NTZ, 'ANSI', zone)(env.currentTimeMicros),
              TIMESTAMP_NTZ,
            );
          case 'current_date':
          case 'curdate':
            return new Literal(castFunction(TIMESTAMP, DATE, 'ANSI', zone)(env.currentTimeMicros), DATE);
          default:
            return e;
        }
      }),
    ),
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
