import type { AggregateCall } from './aggregate.js';
import type { Expression } from './expression.js';
import { Literal } from './literal.js';

const isTrue = (e: Expression | undefined): boolean => e instanceof Literal && e.value === true;

const DIRECTIONS: Readonly<Record<string, string>> = {
  a: 'ASC NULLS FIRST',
  A: 'ASC NULLS LAST',
  d: 'DESC NULLS LAST',
  D: 'DESC NULLS FIRST',
};

function listaggOrder(operands: readonly Expression[], shown: (e: Expression) => string): readonly string[] {
  const codes = operands[2] instanceof Literal ? [...String(operands[2].value)] : [];
  return codes.map((code, i) => `${shown(operands[3 + i] as Expression)} ${DIRECTIONS[code]}`);
}

/** The text in plans of a function that takes WITHIN GROUP; the operands are those of `orderedOperands`. */
export function orderedText(call: AggregateCall, isDistinct: boolean): string | undefined {
  const { operands } = call;
  const [first, second] = operands;
  const distinct = isDistinct ? 'distinct ' : '';
  switch (call.def.sparkClass) {
    case 'ListAgg': {
      const order = listaggOrder(operands, String);
      return `${call.name}(${[`${distinct}${first}`, second, ...order, '0', '0'].join(', ')})`;
    }
    case 'Mode':
      return `${call.name}(${distinct}${first}, 0, 0, ${second ? `Some(${second})` : 'None'})`;
    case 'PercentileCont':
      return `${call.name}(${distinct}${first}, ${second}, ${isTrue(operands[2])})`;
    case 'PercentileDisc':
      return `${call.name}(${distinct}${first}, ${second}, ${isTrue(operands[2])}, 0, 0, ${operands.length > 3})`;
    default:
      return undefined;
  }
}

/** Its SQL. Spark shows `mode` with the direction of its ordering reversed: ascending as DESC. */
export function orderedSql(call: AggregateCall, pretty: boolean, isDistinct: boolean): string | undefined {
  const { operands, name } = call;
  const [first, second] = operands.map((o) => o.sql(pretty));
  const distinct = isDistinct ? 'DISTINCT ' : '';
  switch (call.def.sparkClass) {
    case 'ListAgg': {
      const order = listaggOrder(operands, (e) => e.sql(pretty));
      const within = order.length > 0 ? ` WITHIN GROUP (ORDER BY ${order.join(', ')})` : '';
      return `${name}(${distinct}${first}, ${second ?? 'NULL'})${within}`;
    }
    case 'Mode':
      if (second === undefined) return undefined;
      return `${name}() WITHIN GROUP (ORDER BY ${first}${isTrue(operands[1]) ? ' DESC' : ''})`;
    case 'PercentileCont':
    case 'PercentileDisc':
      return `${name}(${distinct}${second}) WITHIN GROUP (ORDER BY ${first}${isTrue(operands[2]) ? ' DESC' : ''})`;
    default:
      return undefined;
  }
}

/** The call as its operands, as messages about its window show it. */
export function plainOrderedSql(call: AggregateCall): string | undefined {
  const { operands, def } = call;
  const [first, second] = operands.map((o) => o.sql(true));
  switch (def.sparkClass) {
    case 'ListAgg': {
      const order = listaggOrder(operands, (e) => e.sql(true));
      return `${def.name}(${[first, second ?? 'NULL', ...order].join(', ')})`;
    }
    case 'PercentileCont':
    case 'PercentileDisc':
      return `${def.name}(${first}, ${second})`;
    default:
      return undefined;
  }
}
