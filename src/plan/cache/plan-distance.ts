import { Project, ResolvedHint, SubqueryAlias, View } from '../logical/index.js';
import { LogicalPlan } from '../logical/logical-plan.js';
import { argKey } from '../tree-node.js';

/** Aliases, views, hints and projections that change nothing vanish in canonical plans: comparisons look through them. */
export function significant(p: LogicalPlan): LogicalPlan {
  if (p instanceof View) return significant(p.content);
  if (p instanceof Project && p.canonicalized.key === p.child.canonicalized.key) return significant(p.child);
  return p instanceof SubqueryAlias || p instanceof ResolvedHint ? significant(p.child) : p;
}
export const significantChildren = (p: LogicalPlan): LogicalPlan[] => p.children.map(significant);

/** A node's canonical content without its children. */
export function ownKey(p: LogicalPlan): string {
  const { canonicalized } = p;
  return `${canonicalized.kind}:${canonicalized
    .args()
    .map((a) => argKey(withoutPlans(a)))
    .join(',')}`;
}
function withoutPlans(arg: unknown): unknown {
  if (Array.isArray(arg)) return arg.map(withoutPlans);
  return arg instanceof LogicalPlan ? '·' : arg;
}

export interface Difference {
  /** Edits that make one tree the other: a node more or less 1, another operator 1, other arguments a half. */
  readonly distance: number;
  /** First nodes that differ, from the top; undefined where one side has no such node. */
  readonly left: LogicalPlan | undefined;
  readonly right: LogicalPlan | undefined;
}

/** How far two plans are apart. */
export function compareTrees(a: LogicalPlan, b: LogicalPlan): Difference {
  const left = significant(a);
  const right = significant(b);
  const first = firstDifference(left, right);
  return { distance: editDistance(left, right), left: first?.[0], right: first?.[1] };
}

type Pair = readonly [LogicalPlan | undefined, LogicalPlan | undefined];

function firstDifference(a: LogicalPlan, b: LogicalPlan): Pair | undefined {
  if (a.canonicalized.key === b.canonicalized.key) return undefined;
  // A node that reads the same may differ only because the columns below stand elsewhere.
  if (ownKey(a) !== ownKey(b) && withoutIds(a.simpleString) !== withoutIds(b.simpleString)) return [a, b];
  const left = significantChildren(a);
  const right = significantChildren(b);
  if (exchanged(left, right)) return [a, b];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [l, r] = [left[i], right[i]];
    if (!l || !r) return [l, r];
    const below = firstDifference(l, r);
    if (below) return below;
  }
  return [a, b];
}

/** Are these the two sides of one join, the other way round? */
export function exchanged(left: readonly LogicalPlan[], right: readonly LogicalPlan[]): boolean {
  const [l, r] = left.map((p) => p.canonicalized.key);
  const [x, y] = right.map((p) => p.canonicalized.key);
  return left.length === 2 && right.length === 2 && l !== x && l === y && r === x;
}

/** A text of plans or expressions without ids. */
export function withoutIds(text: string): string {
  return text.replace(/#\d+L?/g, '');
}

/** A tree in postorder, for the algorithm below. */
interface Flat {
  readonly nodes: readonly LogicalPlan[];
  readonly keys: readonly string[];
  /** Of each node the first leaf below it. */
  readonly leftmost: readonly number[];
  readonly roots: readonly number[];
}

function flatten(root: LogicalPlan): Flat {
  const nodes: LogicalPlan[] = [];
  const leftmost: number[] = [];
  const visit = (p: LogicalPlan): number => {
    let first = -1;
    for (const c of significantChildren(p)) {
      const leaf = visit(c);
      if (first < 0) first = leaf;
    }
    const at = nodes.push(p) - 1;
    leftmost.push(first < 0 ? at : first);
    return leftmost[at]!;
  };
  visit(root);
  const last = new Map(leftmost.map((l, i) => [l, i]));
  return { nodes, keys: nodes.map(ownKey), leftmost, roots: [...last.values()].sort((x, y) => x - y) };
}

/** Zhang and Shasha, "Simple fast algorithms for the editing distance between trees", SIAM J. Comput. 18 (1989). */
function editDistance(a: LogicalPlan, b: LogicalPlan): number {
  const left = flatten(a);
  const right = flatten(b);
  const tree = left.nodes.map(() => right.nodes.map(() => 0));
  const change = (i: number, j: number): number => {
    if (left.keys[i] === right.keys[j]) return 0;
    return left.nodes[i]!.kind === right.nodes[j]!.kind ? 0.5 : 1;
  };
  for (const i of left.roots) for (const j of right.roots) forest(i, j);
  return tree.at(-1)!.at(-1)!;

  function forest(i: number, j: number): void {
    const li = left.leftmost[i]!;
    const lj = right.leftmost[j]!;
    const rows = i - li + 2;
    const columns = j - lj + 2;
    const d = Array.from({ length: rows }, (_, x) =>
      Array.from({ length: columns }, (_, y) => (x === 0 ? y : y === 0 ? x : 0)),
    );
    for (let x = 1; x < rows; x++)
      for (let y = 1; y < columns; y++) {
        const p = li + x - 1;
        const q = lj + y - 1;
        const edit = Math.min(d[x - 1]![y]! + 1, d[x]![y - 1]! + 1);
        if (left.leftmost[p] === li && right.leftmost[q] === lj) {
          d[x]![y] = Math.min(edit, d[x - 1]![y - 1]! + change(p, q));
          tree[p]![q] = d[x]![y]!;
        } else {
          d[x]![y] = Math.min(edit, d[left.leftmost[p]! - li]![right.leftmost[q]! - lj]! + tree[p]![q]!);
        }
      }
  }
}
