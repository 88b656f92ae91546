import { internalError } from '../../errors/index.js';
import type { Expression } from '../../plan/expressions/expression.js';
import { AttributeReference } from '../../plan/expressions/named.js';
import type { Attributes } from '../../plan/logical/logical-plan.js';
import { isIntegral } from '../../types/index.js';
import { SortExec } from './basic.js';
import { BroadcastExchangeExec, ShuffleExchangeExec } from './exchange.js';
import { JoinExec } from './joins.js';
import { type Distribution, orderingSatisfies, type Partitioning, SINGLE, satisfies } from './partitioning.js';
import type { PhysicalPlan } from './physical-plan.js';

/** Puts exchanges and sorts in where a node's children are not spread or ordered as it asks. Spark: `EnsureRequirements`. */
export function ensureRequirements(plan: PhysicalPlan, shufflePartitions: number): PhysicalPlan {
  return plan.transformUp((p) => ensure(p, shufflePartitions));
}

function ensure(p: PhysicalPlan, n: number): PhysicalPlan {
  if (p.children.length === 0) return p;
  // An explicit repartitioning that an aggregate or join would undo at once is left out of the way by Spark's optimizer.
  const distributions = p.requiredChildDistribution;
  let children = p.children.map((c, i) => meet(c, distributions[i] as Distribution, n, p));
  if (p instanceof JoinExec && p.isShuffled) children = coPartition(p, p.children, n);
  const ordering = p.requiredChildOrdering;
  children = children.map((c, i) => {
    const wanted = ordering[i] ?? [];
    return orderingSatisfies(c.outputOrdering, wanted) ? c : new SortExec(wanted, false, c);
  });
  return children.every((c, i) => c === p.children[i]) ? p : p.withNewChildren(children);
}

function meet(child: PhysicalPlan, d: Distribution, n: number, parent: PhysicalPlan): PhysicalPlan {
  if (satisfies(child.outputPartitioning, d)) return child;
  switch (d.kind) {
    case 'broadcast':
      return new BroadcastExchangeExec(broadcastMode(parent as JoinExec, child), child);
    case 'allTuples':
      return new ShuffleExchangeExec(SINGLE, child);
    case 'clustered':
      return new ShuffleExchangeExec({ kind: 'hash', expressions: d.expressions, numPartitions: n }, child);
    case 'ordered':
      return new ShuffleExchangeExec({ kind: 'range', ordering: d.ordering, numPartitions: n }, child);
    default:
      throw internalError(`distribution ${d.kind} cannot be made`);
  }
}

/** Both sides of a shuffled join spread alike: a side that already is keeps its place. */
function coPartition(join: JoinExec, children: readonly PhysicalPlan[], n: number): PhysicalPlan[] {
  const [left, right] = children as [PhysicalPlan, PhysicalPlan];
  const l = keyOrder(left.outputPartitioning, join.leftKeys);
  const r = keyOrder(right.outputPartitioning, join.rightKeys);
  const single = (p: PhysicalPlan) => p.outputPartitioning.kind === 'single';
  if (single(left) && single(right)) return [left, right];
  if (l && r && l.numPartitions === r.numPartitions && l.order.join() === r.order.join()) return [left, right];
  const exchange = (child: PhysicalPlan, keys: readonly Expression[], like?: KeyOrder) =>
    new ShuffleExchangeExec(
      {
        kind: 'hash',
        expressions: like ? like.order.map((i) => keys[i] as Expression) : keys,
        numPartitions: like?.numPartitions ?? n,
      },
      child,
    );
  // Spark keeps the side with more partitions if it has at least as many as a new exchange would make.
  if (l && (!r || l.numPartitions >= r.numPartitions) && l.numPartitions >= n)
    return [left, exchange(right, join.rightKeys, l)];
  if (r && r.numPartitions >= n) return [exchange(left, join.leftKeys, r), right];
  return [exchange(left, join.leftKeys), exchange(right, join.rightKeys)];
}

interface KeyOrder {
  readonly order: readonly number[];
  readonly numPartitions: number;
}

/** Which keys, in which order, a hash partitioning is by; undefined if it is by something else. */
function keyOrder(p: Partitioning, keys: readonly Expression[]): KeyOrder | undefined {
  if (p.kind === 'collection') {
    for (const m of p.members) {
      const o = keyOrder(m, keys);
      if (o) return o;
    }
    return undefined;
  }
  if (p.kind !== 'hash') return undefined;
  const order = p.expressions.map((e) => keys.findIndex((k) => k.semanticEquals(e)));
  return order.includes(-1) ? undefined : { order, numPartitions: p.numPartitions };
}

function broadcastMode(join: JoinExec, child: PhysicalPlan): string {
  if (join.kind !== 'BroadcastHashJoin') return 'IdentityBroadcastMode';
  const keys = join.buildSide === 'left' ? join.leftKeys : join.rightKeys;
  return `HashedRelationBroadcastMode(List(${packedKeys(keys, child.output).join(', ')}),${join.isNullAwareAntiJoin})`;
}

const BITS: Readonly<Record<string, number>> = { byte: 8, short: 16, int: 32, date: 32, long: 64 };

/** Integral keys that fit 64 bits together are packed into one long. Spark: `HashJoin.rewriteKeyExpr`. */
function packedKeys(keys: readonly Expression[], input: Attributes): string[] {
  const texts = keys.map((k) => boundText(k, input));
  const bits = keys.map((k) => (isIntegral(k.dataType) ? (BITS[k.dataType.kind] as number) : 65));
  if (keys.length === 0 || bits.reduce((a, b) => a + b, 0) > 64) return texts;
  const asLong = (i: number) =>
    keys[i]?.dataType.kind === 'long' ? (texts[i] as string) : `cast(${texts[i]} as bigint)`;
  let packed = asLong(0);
  for (let i = 1; i < keys.length; i++) {
    const width = bits[i] as number;
    packed = `(shiftleft(${packed}, ${width}) | (${asLong(i)} & ${(1n << BigInt(width)) - 1n}))`;
  }
  return [packed];
}

function boundText(e: Expression, input: Attributes): string {
  return String(
    e.transformUp((x) => {
      if (!(x instanceof AttributeReference)) return x;
      const i = input.findIndex((a) => a.exprId === x.exprId);
      return i === -1 ? x : new BoundText(input[i] as AttributeReference, i);
    }),
  );
}

/** Shows as `input[0, int, true]`. */
class BoundText extends AttributeReference {
  constructor(
    a: AttributeReference,
    readonly ordinal: number,
  ) {
    super(a.name, a.dataType, a.nullable, a.exprId);
  }
  override toString() {
    return `input[${this.ordinal}, ${this.dataType.simpleString}, ${this.nullable}]`;
  }
}
