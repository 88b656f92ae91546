import type { BoundExpr } from '../../src/eval/bound.js';
import type { AggregateSpec, JoinSpec, PhysicalSpec, TopNSpec, WindowSpec } from '../../src/exec/operators/spec.js';
import { Executor } from '../../src/exec/pipelines/executor.js';
import { CacheManager } from '../../src/plan/cache/cache-manager.js';
import { Literal } from '../../src/plan/expressions/index.js';
import { Filter, Join, type LogicalPlan } from '../../src/plan/logical/index.js';
import { Optimizer } from '../../src/plan/optimizer/optimizer.js';
import { BlockManager } from '../../src/storage/block/block-manager.js';
import { TextDictionary } from '../../src/storage/block/text-dictionary.js';
import { BOOLEAN, STRING } from '../../src/types/index.js';
import { isFloating } from './types.js';

/** A bug of the kind that the fuzzer must find. It wraps methods of the loaded engine: the product knows nothing of it. */
export interface Plant {
  readonly name: string;
  /** Puts the bug in. @returns takes it out again */
  readonly put: () => () => void;
}

/** Puts a method in another's place. */
function replace<T extends object, K extends keyof T>(
  target: T,
  key: K,
  make: (old: T[K]) => T[K] extends (...args: infer A) => infer R ? (this: T, ...args: A) => R : never,
): () => void {
  const old = target[key];
  target[key] = make(old) as T[K];
  return () => {
    target[key] = old;
  };
}

/** Rebuilds physical plans bottom-up before they run. */
function rewriting(change: (spec: PhysicalSpec) => PhysicalSpec): () => () => void {
  const visit = (spec: PhysicalSpec): PhysicalSpec => {
    const copy: Record<string, unknown> = { ...spec };
    for (const key of ['child', 'left', 'right']) {
      if (copy[key] !== undefined) copy[key] = visit(copy[key] as PhysicalSpec);
    }
    if (Array.isArray(copy['children'])) copy['children'] = (copy['children'] as PhysicalSpec[]).map(visit);
    return change(copy as unknown as PhysicalSpec);
  };
  return () =>
    replace(
      Executor.prototype,
      'run',
      (run) =>
        function (spec, options) {
          return run.call(this, visit(spec), options);
        },
    );
}

const call = (fn: string, ...args: BoundExpr[]): BoundExpr => ({
  k: 'call',
  fn,
  args,
  type: BOOLEAN,
  mode: 'ANSI',
  timeZone: 'UTC',
});
const text = (e: BoundExpr): BoundExpr =>
  isFloating(e.type) ? { k: 'cast', child: e, type: STRING, mode: 'ANSI', timeZone: 'UTC' } : e;
const filtered = (child: PhysicalSpec, condition: BoundExpr): PhysicalSpec => ({
  id: 900_000,
  output: child.output,
  partitions: child.partitions,
  op: 'filter',
  condition,
  child,
});

function nullGroupDropped(s: PhysicalSpec): PhysicalSpec {
  if (s.op !== 'aggregate' || s.keys.length !== 1) return s;
  const a: AggregateSpec = s;
  return { ...a, child: filtered(a.child, call('isnotnull', a.keys[0]!)) };
}

/** What a batch's smallest and largest value say where NaN was left out of them. */
function nanPruned(s: PhysicalSpec): PhysicalSpec {
  if (s.op !== 'scanCache') return s;
  let out: PhysicalSpec = s;
  for (const p of s.pushed) {
    if (p.k !== 'call' || (p.fn !== '>' && p.fn !== '>=')) continue;
    const column = p.args.find((a) => a.k === 'input');
    if (column && isFloating(column.type)) out = filtered(out, call('not', call('isnan', column)));
  }
  return out;
}

function zeroSigned(s: PhysicalSpec): PhysicalSpec {
  if (s.op !== 'join') return s;
  const j: JoinSpec = s;
  return { ...j, leftKeys: j.leftKeys.map(text), rightKeys: j.rightKeys.map(text) };
}

function limitFirst(s: PhysicalSpec): PhysicalSpec {
  if (s.op !== 'topN') return s;
  const t: TopNSpec = s;
  const { child } = t;
  return {
    ...t,
    child: {
      id: 900_001,
      output: child.output,
      partitions: child.partitions,
      op: 'limit',
      limit: t.limit + t.offset,
      offset: 0,
      global: true,
      child,
    },
  };
}

function frameShifted(s: PhysicalSpec): PhysicalSpec {
  if (s.op !== 'window') return s;
  const w: WindowSpec = s;
  return {
    ...w,
    functions: w.functions.map((f) => {
      const { lower } = f.frame;
      if (f.frame.unit !== 'rows' || lower.kind !== 'offset' || !f.aggregate) return f;
      const value = typeof lower.value === 'bigint' ? lower.value + 1n : Number(lower.value) + 1;
      return { ...f, frame: { ...f.frame, lower: { ...lower, value } } };
    }),
  };
}

function distinctLost(s: PhysicalSpec): PhysicalSpec {
  if (s.op !== 'aggregate') return s;
  const a: AggregateSpec = s;
  return { ...a, aggregates: a.aggregates.map((x) => ({ ...x, distinct: false })) };
}

/** A predicate over the padded side of a left join goes below the join, not above it. */
function pushedWrong(plan: LogicalPlan): LogicalPlan {
  return plan.transformDown((p) => {
    if (!(p instanceof Filter) || !(p.child instanceof Join) || p.child.joinType.kind !== 'LeftOuter') return p;
    const { left, right, joinType, condition, hint } = p.child;
    if (p.condition.references.size === 0 || !p.condition.references.subsetOf(right.outputSet)) return p;
    return new Join(left, new Filter(p.condition, right), joinType, condition, hint);
  });
}

const maskedKey = (plan: LogicalPlan): string =>
  plan.transformUp((p) =>
    p.transformExpressionsUp((e) => (e instanceof Literal && e.value !== null ? Literal.nullOf(e.dataType) : e)),
  ).canonicalized.key;

/** The bugs, number 1 first. */
export const PLANTS: readonly Plant[] = [
  {
    name: 'predicate pushed to the wrong side of an outer join',
    put: () =>
      replace(
        Optimizer.prototype,
        'execute',
        (execute) =>
          function (plan) {
            const on = this.conf.getOptional('spark.sql.optimizer.excludedRules') === undefined;
            return execute.call(this, on ? pushedWrong(plan) : plan);
          },
      ),
  },
  { name: 'group of nulls dropped', put: rewriting(nullGroupDropped) },
  { name: 'NaN pruned by batch statistics', put: rewriting(nanPruned) },
  { name: '-0.0 and 0.0 do not join', put: rewriting(zeroSigned) },
  { name: 'limit before sort', put: rewriting(limitFirst) },
  { name: 'window frame off by one', put: rewriting(frameShifted) },
  {
    name: 'dictionary code used twice',
    put: () =>
      replace(
        TextDictionary.prototype,
        'encodeViews',
        (encode) =>
          function (data, validity, count, out) {
            const done = encode.call(this, data, validity, count, out);
            const { u32 } = this.context.arena;
            const last = this.size - 1;
            if (done && last > 1) for (let i = out >>> 2; i < (out >>> 2) + count; i++) if (u32[i] === last) u32[i] = 0;
            return done;
          },
      ),
  },
  {
    name: 'another block read back after eviction',
    put: () =>
      replace(
        BlockManager.prototype,
        'pin',
        (pin) =>
          async function (id) {
            const own = this.tryPin(id);
            if (own) return own;
            const known = this.status(id) !== undefined;
            const other = known
              ? this.tryPin({ rddId: id.rddId, partition: id.partition === 0 ? 1 : id.partition - 1 })
              : undefined;
            return other ?? pin.call(this, id);
          },
      ),
  },
  {
    name: 'cache hit for another literal',
    put: () =>
      replace(
        CacheManager.prototype,
        'lookup',
        (lookup) =>
          function (plan) {
            const found = lookup.call(this, plan);
            if (found || plan.children.length === 0) return found;
            const key = maskedKey(plan);
            return this.entries.find((e) => e.plan.children.length > 0 && maskedKey(e.plan) === key);
          },
      ),
  },
  { name: 'DISTINCT lost in aggregates', put: rewriting(distinctLost) },
];
