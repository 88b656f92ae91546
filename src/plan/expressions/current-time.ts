import { castFunction } from '../../eval/cast.js';
import { DATE, TIMESTAMP, TIMESTAMP_NTZ } from '../../types/index.js';
import type { Expression } from './expression.js';
import { ScalarCall } from './functions.js';
import { Literal } from './literal.js';

/** The expression with calls for the current time or day as literals of one moment, in microseconds since 1970. */
export function atMoment(expression: Expression, micros: bigint): Expression {
  return expression.transformUp((e) => {
    if (!(e instanceof ScalarCall)) return e;
    const zone = e.timeZone ?? 'UTC';
    switch (e.def.name) {
      case 'current_timestamp':
      case 'now':
        return new Literal(micros, TIMESTAMP);
      case 'localtimestamp':
        return new Literal(castFunction(TIMESTAMP, TIMESTAMP_NTZ, 'ANSI', zone)(micros), TIMESTAMP_NTZ);
      case 'current_date':
      case 'curdate':
        return new Literal(castFunction(TIMESTAMP, DATE, 'ANSI', zone)(micros), DATE);
      default:
        return e;
    }
  });
}
