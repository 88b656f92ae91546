import { internalError } from '../../errors/index.js';
import { Expression } from '../../plan/expressions/expression.js';
import type { SortOrder } from '../../plan/expressions/named.js';
import { SubqueryExpression } from '../../plan/expressions/subquery.js';
import type { Attributes } from '../../plan/logical/logical-plan.js';
import { argKey, type DrawnNode, drawTree, flattenArg, mapArg, TreeNode } from '../../plan/tree-node.js';
import { type Distribution, type Partitioning, UNSPECIFIED, unknown } from './partitioning.js';

/** How a query runs, as Spark would run it: the tree that explain shows and that is lowered for the runtime. Immutable.
 * Spark: `SparkPlan`. */
export abstract class PhysicalPlan extends TreeNode<PhysicalPlan> {
  abstract get output(): Attributes;
  #children: readonly PhysicalPlan[] | undefined;
  #key: string | undefined;

  override get children(): readonly PhysicalPlan[] {
    if (this.#children === undefined) {
      const flat: unknown[] = [];
      for (const a of this.args()) flattenArg(a, flat);
      this.#children = flat.filter((a): a is PhysicalPlan => a instanceof PhysicalPlan);
    }
    return this.#children;
  }
  override withNewChildren(children: readonly PhysicalPlan[]): PhysicalPlan {
    let i = 0;
    return this.rebuild(
      this.args().map((arg) =>
        mapArg(arg, (a) => {
          if (!(a instanceof PhysicalPlan)) return a;
          const c = children[i++];
          if (c === undefined) throw internalError(`${this.kind} got too few children`);
          return c;
        }),
      ),
    );
  }
  get expressions(): readonly Expression[] {
    const flat: unknown[] = [];
    for (const a of this.args()) flattenArg(a, flat);
    return flat.filter((a): a is Expression => a instanceof Expression);
  }
  mapExpressions(f: (e: Expression) => Expression): this {
    return this.rebuild(this.args().map((arg) => mapArg(arg, (a) => (a instanceof Expression ? f(a) : a))));
  }
  /** Injective text of this tree; equal plans may share an exchange. */
  get key(): string {
    if (this.#key === undefined) this.#key = `${this.kind}(${this.args().map(argKey).join(',')})`;
    return this.#key;
  }

  get outputPartitioning(): Partitioning {
    return this.children[0]?.outputPartitioning ?? unknown(0);
  }
  /** Holds within each partition. */
  get outputOrdering(): readonly SortOrder[] {
    return [];
  }
  get requiredChildDistribution(): readonly Distribution[] {
    return this.children.map(() => UNSPECIFIED);
  }
  get requiredChildOrdering(): readonly (readonly SortOrder[])[] {
    return this.children.map(() => []);
  }
  get numPartitions(): number {
    return this.outputPartitioning.numPartitions;
  }
  /** Runs in a stage of generated code in Spark; shows as `*(n)` in plans without adaptive execution. */
  get supportsCodegen(): boolean {
    return false;
  }
  /** Gives column batches in Spark: a `ColumnarToRow` stands above it in plans without adaptive execution. */
  get supportsColumnar(): boolean {
    return false;
  }

  get nodeName(): string {
    return this.kind;
  }
  /** The node's line, without its tree prefix. `maxFields` caps lists. Spark: `simpleString`. */
  simpleString(maxFields: number): string {
    // Spark leaves empty lists out.
    const text = this.stringArgs(maxFields)
      .filter((t) => t !== '[]')
      .join(', ');
    return text === '' ? this.nodeName : `${this.nodeName} ${text}`;
  }
  protected stringArgs(_maxFields: number): string[] {
    return [];
  }
  /** Lines of the node in `EXPLAIN FORMATTED`, below `(n) Name`. */
  formattedDetails(maxFields: number): readonly (readonly [label: string, text: string])[] {
    const out: [string, string][] = [];
    if (this.children.length === 0) out.push(['Output', countedList(this.output, maxFields)]);
    else
      out.push(
        ...this.children.map((c, i): [string, string] => [
          inputLabel(i, this.children.length),
          countedList(c.output, maxFields),
        ]),
      );
    const args = this.stringArgs(maxFields)
      .filter((t) => t !== '[]')
      .join(', ');
    if (args) out.push(['Arguments', args]);
    return out;
  }
  /** Subquery plans and cached plans that are drawn inside this node. */
  get innerChildren(): readonly DrawnInner[] {
    return this.subqueries.flatMap((s) => {
      const { drawing } = s as { drawing?: DrawnInner };
      return drawing ? [drawing] : [];
    });
  }
  treeString(maxFields = 25): string {
    return drawTree(this.drawn(maxFields));
  }
  drawn(maxFields: number): DrawnNode {
    return {
      lines: this.simpleString(maxFields),
      inner: this.innerChildren.map((c) => c.drawn(maxFields)),
      children: this.children.map((c) => c.drawn(maxFields)),
    };
  }
  override toString(): string {
    return this.treeString();
  }
  /** Subquery expressions in this node. */
  get subqueries(): SubqueryExpression[] {
    const out: SubqueryExpression[] = [];
    for (const e of this.expressions)
      e.foreach((x) => {
        if (x instanceof SubqueryExpression) out.push(x);
      });
    return out;
  }
}

export interface DrawnInner {
  drawn(maxFields: number): DrawnNode;
}

function inputLabel(i: number, n: number): string {
  return n === 1 ? 'Input' : n === 2 ? (i === 0 ? 'Left output' : 'Right output') : `Input ${i}`;
}

/** `[n]: [a, b]`, as formatted plans show columns. */
export function countedList(list: readonly { toString(): string }[], maxFields: number): string {
  return `[${list.length}]: ${bracketed(list, maxFields)}`;
}

/** `[a, b, ... 3 more fields]`. Spark: `truncatedString`. */
export function bracketed(list: readonly { toString(): string }[], maxFields: number, separator = ', '): string {
  return `[${truncated(list, maxFields, separator)}]`;
}
export function truncated(list: readonly { toString(): string }[], maxFields: number, separator = ', '): string {
  if (list.length <= maxFields) return list.join(separator);
  const shown = Math.max(0, maxFields - 1);
  return [...list.slice(0, shown), `... ${list.length - shown} more fields`].join(separator);
}

export abstract class UnaryExec extends PhysicalPlan {
  abstract readonly child: PhysicalPlan;
  override get output(): Attributes {
    return this.child.output;
  }
}
