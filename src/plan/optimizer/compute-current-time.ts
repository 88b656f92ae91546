import { castFunction } from '../../eval/cast.js';
import { DATE, STRING, TIMESTAMP, TIMESTAMP_NTZ } from '../../types/index.js';
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
