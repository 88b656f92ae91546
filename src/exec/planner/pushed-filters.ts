import type { Expression } from '../../plan/expressions/expression.js';
import { ScalarCall } from '../../plan/expressions/functions.js';
import { Literal } from '../../plan/expressions/literal.js';
import { formatLiteral } from '../../plan/expressions/literal-text.js';
import { AttributeReference } from '../../plan/expressions/named.js';
import { And, Comparison, In, Not, NullCheck, Or, SWAPPED } from '../../plan/expressions/predicates.js';
import { toSqlString } from '../../types/index.js';

const NAMES: Readonly<Record<Comparison['kind'], string>> = {
  EqualTo: 'EqualTo',
  EqualNullSafe: 'EqualNullSafe',
  LessThan: 'LessThan',
  LessThanOrEqual: 'LessThanOrEqual',
  GreaterThan: 'GreaterThan',
  GreaterThanOrEqual: 'GreaterThanOrEqual',
};

/** A predicate as Spark hands it to a data source, as text; undefined where it does not. Spark: `DataSourceStrategy.translateFilter`. */
export function translateFilter(e: Expression): string | undefined {
  if (e instanceof And) {
    const [l, r] = [translateFilter(e.left), translateFilter(e.right)];
    return l && r ? `And(${l},${r})` : undefined;
  }
  if (e instanceof Or) {
    const [l, r] = [translateFilter(e.left), translateFilter(e.right)];
    return l && r ? `Or(${l},${r})` : undefined;
  }
  if (e instanceof Not) {
    const c = translateFilter(e.child);
    return c && `Not(${c})`;
  }
  if (e instanceof NullCheck) {
    const c = column(e.child);
    return c && `${e.kind}(${c})`;
  }
  if (e instanceof Comparison) {
    const left = column(e.left);
    if (left !== undefined && e.right instanceof Literal) return `${NAMES[e.kind]}(${left},${text(e.right)})`;
    const right = column(e.right);
    if (right !== undefined && e.left instanceof Literal) return `${NAMES[SWAPPED[e.kind]]}(${right},${text(e.left)})`;
    return undefined;
  }
  if (e instanceof In) {
    const c = column(e.value);
    if (c === undefined || !e.list.every((x) => x instanceof Literal)) return undefined;
    return `In(${c}, [${e.list.map((x) => text(x as Literal)).join(',')}])`;
  }
  if (e instanceof ScalarCall && e.operands.length === 2) {
    const name = STRING_FILTERS[e.def.sparkClass];
    const c = column(e.operands[0] as Expression);
    const value = e.operands[1];
    return name && c !== undefined && value instanceof Literal ? `${name}(${c},${text(value)})` : undefined;
  }
  if (e instanceof AttributeReference && e.dataType.kind === 'boolean') return `EqualTo(${e.name},true)`;
  if (e instanceof Literal && typeof e.value === 'boolean') return e.value ? 'AlwaysTrue()' : 'AlwaysFalse()';
  return undefined;
}

const STRING_FILTERS: Readonly<Record<string, string>> = {
  StartsWith: 'StringStartsWith',
  EndsWith: 'StringEndsWith',
  Contains: 'StringContains',
};

function column(e: Expression): string | undefined {
  if (e instanceof AttributeReference) return e.name.includes('.') ? `\`${e.name}\`` : e.name;
  if (e.kind === 'GetStructField') {
    const parent = column(e.children[0] as Expression);
    return parent && `${parent}.${(e as unknown as { fieldName: string }).fieldName}`;
  }
  return undefined;
}

function text(l: Literal): string {
  if (l.value === null) return 'null';
  if (l.dataType.kind === 'timestamp') return toSqlString(l.value, l.dataType, 'UTC').replace(/^([^.]*)$/, '$1.0');
  return formatLiteral(l.value, l.dataType);
}
