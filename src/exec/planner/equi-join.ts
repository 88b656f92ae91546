import { Coalesce } from '../../plan/expressions/conditional.js';
import type { Expression } from '../../plan/expressions/expression.js';
import { Literal } from '../../plan/expressions/literal.js';
import { Comparison, joinConjuncts, NullCheck, Or, splitConjuncts } from '../../plan/expressions/predicates.js';
import type { LogicalPlan } from '../../plan/logical/logical-plan.js';
import type { Join } from '../../plan/logical/operators.js';
import { type DataType, Decimal, type Value } from '../../types/index.js';

/** A join's condition, taken apart. `original` keys with `nullSafe` flags say the same as the `leftKeys`, in which `<=>` is
 * spelled as Spark spells it. */
export interface EquiJoin {
  readonly leftKeys: readonly Expression[];
  readonly rightKeys: readonly Expression[];
  readonly original: {
    readonly left: readonly Expression[];
    readonly right: readonly Expression[];
    readonly nullSafe: readonly boolean[];
  };
  readonly condition: Expression | undefined;
}

/** Spark: `ExtractEquiJoinKeys`. Without any key the condition is left whole. */
export function extractEquiJoinKeys(join: Join): EquiJoin {
  const leftKeys: Expression[] = [];
  const rightKeys: Expression[] = [];
  const left: Expression[] = [];
  const right: Expression[] = [];
  const nullSafe: boolean[] = [];
  const rest: Expression[] = [];
  for (const c of join.condition ? splitConjuncts(join.condition) : []) {
    const sides = keySides(c, join.left, join.right);
    if (!sides) {
      rest.push(c);
      continue;
    }
    const [l, r] = sides;
    left.push(l);
    right.push(r);
    if ((c as Comparison).kind === 'EqualTo') {
      nullSafe.push(false);
      leftKeys.push(l);
      rightKeys.push(r);
    } else {
      nullSafe.push(true);
      const zero = defaultLiteral(l.dataType);
      leftKeys.push(new Coalesce([l, zero]), new NullCheck('IsNull', l));
      rightKeys.push(new Coalesce([r, zero]), new NullCheck('IsNull', r));
    }
  }
  return { leftKeys, rightKeys, original: { left, right, nullSafe }, condition: joinConjuncts(rest) };
}

function keySides(c: Expression, left: LogicalPlan, right: LogicalPlan): [Expression, Expression] | undefined {
  if (!(c instanceof Comparison) || (c.kind !== 'EqualTo' && c.kind !== 'EqualNullSafe') || !c.deterministic)
    return undefined;
  const [l, r] = [c.left, c.right];
  if (l.references.size === 0 || r.references.size === 0) return undefined;
  if (l.references.subsetOf(left.outputSet) && r.references.subsetOf(right.outputSet)) return [l, r];
  if (r.references.subsetOf(left.outputSet) && l.references.subsetOf(right.outputSet)) return [r, l];
  return undefined;
}

/** `NOT IN` over one column: `l = r OR (l = r) IS NULL`. Spark: `ExtractSingleColumnNullAwareAntiJoin`. */
export function extractNullAwareAntiJoin(join: Join): [Expression, Expression] | undefined {
  if (join.joinType.kind !== 'LeftAnti' || !(join.condition instanceof Or)) return undefined;
  const { left: eq, right: isNull } = join.condition;
  if (!(isNull instanceof NullCheck) || isNull.kind !== 'IsNull' || !isNull.child.semanticEquals(eq)) return undefined;
  if (!(eq instanceof Comparison) || eq.kind !== 'EqualTo') return undefined;
  return keySides(eq, join.left, join.right);
}

/** Spark: `Literal.default`. */
export function defaultLiteral(t: DataType): Literal {
  return new Literal(defaultValue(t), t);
}

function defaultValue(t: DataType): Value {
  switch (t.kind) {
    case 'boolean':
      return false;
    case 'byte':
    case 'short':
    case 'int':
    case 'float':
    case 'double':
    case 'date':
    case 'ym_interval':
      return 0;
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      return 0n;
    case 'decimal':
      return new Decimal(0n, t.scale);
    case 'string':
    case 'char':
    case 'varchar':
      return '';
    case 'binary':
      return new Uint8Array(0);
    case 'array':
      return [];
    case 'struct':
      return t.fields.map((f) => defaultValue(f.dataType));
    default:
      return null;
  }
}
