import { internalError } from '../../errors/index.js';
import { StructField, StructType } from '../../types/index.js';
import { AttributeSet, Expression, type Ordinals } from '../expressions/expression.js';
import { Alias, AttributeReference, OuterReference } from '../expressions/named.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import { argKey, collectInstances, type DrawnNode, drawTree, equalArgs, mapArg, TreeNode } from '../tree-node.js';

export type Attributes = readonly AttributeReference[];
export type ExprFn = (e: Expression) => Expression;

/** What a query means: a tree of relational operators. Immutable. Spark: `LogicalPlan`. */
export abstract class LogicalPlan extends TreeNode<LogicalPlan> {
  /** The columns, with ids. Needs a resolved plan below. */
  abstract get output(): Attributes;

  private memoChildren: readonly LogicalPlan[] | undefined = undefined;
  private memoExpressions: readonly Expression[] | undefined = undefined;
  private memoResolved: boolean | undefined = undefined;
  private memoCanonicalized: LogicalPlan | undefined = undefined;
  private memoKey: string | undefined = undefined;
  private memoCanonicalKey: string | undefined = undefined;
  private memoShape: number | undefined = undefined;
  private memoHasSubqueries: boolean | undefined = undefined;
  private memoIsStreaming: boolean | undefined = undefined;
  private memoOutputSet: AttributeSet | undefined = undefined;
  /** Set once by `DataFrame` columns (`df["a"]`): lets an `UnresolvedAttribute` with this id find its plan. */
  planId: number | undefined;
  /** Columns that a USING join's projection hides but qualified names still reach. Spark: `Project.hiddenOutputTag`. */
  hiddenOutput: Attributes | undefined;
  /** The analyzer has been over this plan and found nothing left to do. Spark: `analyzed`. */
  analyzed = false;
  /** Bits of optimizer rules that are known to leave this subtree as it is. Spark: `ineffectiveRules`. */
  settledRules = 0;
  settledRules2 = 0;
  /** The same for rules of the analyzer: those that look at the subtree alone, and those of one analysis, which is named. */
  ineffectiveRules = 0;
  ineffectiveIn = 0;
  ineffectiveInContext = 0;

  // With some hundred classes of nodes, making one costs what its fields cost: they are assigned, never defined (see
  // `useDefineForClassFields`), and no arguments are spread.
  constructor() {
    super();
    this.planId = undefined;
    this.hiddenOutput = undefined;
  }

  override get children(): readonly LogicalPlan[] {
    this.memoChildren ??= collectInstances(this.args(), LogicalPlan, []);
    return this.memoChildren;
  }

  override withNewChildren(children: readonly LogicalPlan[]): LogicalPlan {
    let i = 0;
    const replaced = (a: unknown): unknown => {
      if (!(a instanceof LogicalPlan)) return a;
      const c = children[i++];
      if (c === undefined) throw internalError(`${this.kind} got too few children`);
      return c;
    };
    const next = this.args().map((arg) => {
      // Lists of expressions can be long, and hold no plan.
      if (!Array.isArray(arg)) return replaced(arg);
      return arg[0] instanceof Expression ? arg : mapArg(arg, replaced);
    });
    return this.children.every((c, at) => c === children[at]) ? this : this.remade(next);
  }

  protected override copyState(copy: this): this {
    copy.planId = this.planId;
    copy.hiddenOutput = this.hiddenOutput;
    return super.copyState(copy);
  }

  /** Expressions among the arguments, in order. */
  get expressions(): readonly Expression[] {
    this.memoExpressions ??= collectInstances(this.args(), Expression, []);
    return this.memoExpressions;
  }
  /** There is a subquery expression here or below; the plans of subqueries are not looked into. */
  get hasSubqueries(): boolean {
    this.memoHasSubqueries ??= this.expressions.some(hasSubquery) || this.children.some(hasSubqueries);
    return this.memoHasSubqueries;
  }

  /** The rows have no end: there is a streaming source below. Spark: `isStreaming`. */
  get isStreaming(): boolean {
    this.memoIsStreaming ??= this.children.some((c) => c.isStreaming);
    return this.memoIsStreaming;
  }

  /** Applies `f` to each expression argument of this node (not to their children). */
  mapExpressions(f: ExprFn): this {
    const { expressions } = this;
    let next: Expression[] | undefined;
    for (let i = 0; i < expressions.length; i++) {
      const e = expressions[i] as Expression;
      const n = f(e);
      if (n !== e) next ??= expressions.slice(0, i);
      next?.push(n);
    }
    if (!next) return this;
    let at = 0;
    return this.rebuild(this.args().map((arg) => mapArg(arg, (a) => (a instanceof Expression ? next[at++] : a))));
  }
  transformExpressionsUp(f: ExprFn): this {
    return this.mapExpressions((e) => e.transformUp(f));
  }
  transformExpressionsDown(f: ExprFn): this {
    return this.mapExpressions((e) => e.transformDown(f));
  }
  /** Expressions of all nodes, those of subquery plans excluded. */
  transformAllExpressions(f: ExprFn): LogicalPlan {
    return this.transformUp((p) => p.transformExpressionsUp(f));
  }
  /** `f` on every node here and in the plans of subquery expressions, children first. */
  transformUpWithSubqueries(f: (p: LogicalPlan) => LogicalPlan): LogicalPlan {
    return this.transformUp((p) =>
      f(
        p.transformExpressionsUp((e) => {
          if (!(e instanceof SubqueryExpression)) return e;
          const plan = e.plan.transformUpWithSubqueries(f);
          return plan === e.plan ? e : e.withPlan(plan);
        }),
      ),
    );
  }
  transformDownWithSubqueries(f: (p: LogicalPlan) => LogicalPlan): LogicalPlan {
    return this.transformDown((p) =>
      f(p).transformExpressionsUp((e) => {
        if (!(e instanceof SubqueryExpression)) return e;
        const plan = e.plan.transformDownWithSubqueries(f);
        return plan === e.plan ? e : e.withPlan(plan);
      }),
    );
  }
  /** Plans of the subquery expressions in this node. */
  get subqueries(): LogicalPlan[] {
    const out: LogicalPlan[] = [];
    for (const e of this.expressions)
      if (e.hasSubquery)
        e.foreach((x) => {
          if (x instanceof SubqueryExpression) out.push(x.plan);
        });
    return out;
  }
  existsWithSubqueries(f: (p: LogicalPlan) => boolean): boolean {
    return this.exists((p) => f(p) || p.subqueries.some((s) => s.existsWithSubqueries(f)));
  }
  foreachWithSubqueries(f: (p: LogicalPlan) => void): void {
    this.foreach((p) => {
      f(p);
      for (const s of p.subqueries) s.foreachWithSubqueries(f);
    });
  }

  get resolved(): boolean {
    if (this.memoResolved === undefined)
      this.memoResolved = this.childrenResolved && this.expressions.every((e) => e.resolved) && this.selfResolved;
    return this.memoResolved;
  }
  /** What a node asks beyond resolved children and expressions. */
  protected get selfResolved(): boolean {
    return true;
  }
  get childrenResolved(): boolean {
    return this.children.every((c) => c.resolved);
  }
  get deterministic(): boolean {
    return this.expressions.every((e) => e.deterministic) && this.children.every((c) => c.deterministic);
  }
  get outputSet(): AttributeSet {
    if (this.memoOutputSet === undefined) this.memoOutputSet = new AttributeSet(this.output);
    return this.memoOutputSet;
  }
  get references(): AttributeSet {
    const set = new AttributeSet();
    for (const e of this.expressions) e.collectReferences(set);
    return set;
  }
  get inputSet(): AttributeSet {
    return new AttributeSet(this.children.flatMap((c) => c.output));
  }
  /** Attributes that it makes itself. */
  get producedAttributes(): AttributeSet {
    return new AttributeSet();
  }
  /** Attributes that it reads but no child gives: empty in a sound plan. */
  get missingInput(): AttributeReference[] {
    const input = this.inputSet;
    const produced = this.producedAttributes;
    return [...this.references].filter((a) => !input.has(a) && !produced.has(a));
  }
  get schema(): StructType {
    return new StructType(this.output.map((a) => new StructField(a.name, a.dataType, a.nullable, a.metadata)));
  }
  /** At most so many rows, if known. */
  get maxRows(): bigint | undefined {
    return undefined;
  }

  /** Ids, names and what does not change the result are normalized away. Spark: `QueryPlan.canonicalized`. */
  get canonicalized(): LogicalPlan {
    if (this.memoCanonicalized === undefined) this.memoCanonicalized = this.doCanonicalize();
    return this.memoCanonicalized;
  }
  protected doCanonicalize(): LogicalPlan {
    const input = OrdinalMap.ofInput(this.children);
    let id = -1;
    const normalize = (e: Expression): Expression => {
      if (e instanceof Alias) {
        id++;
        return new Alias(normalizeExpression(e.child, input), '', id, e.qualifier);
      }
      if (e instanceof AttributeReference && input.indexOf(e.exprId) === -1) {
        id++;
        return e.withExprId(id).canonicalized;
      }
      return normalizeExpression(e, input);
    };
    const next = this.args().map((arg) =>
      mapArg(arg, (a) => {
        if (a instanceof LogicalPlan) return a.canonicalized;
        return a instanceof Expression ? normalize(a) : a;
      }),
    );
    return this.rebuild(next);
  }
  /** `key` of the canonical form. Look-ups in the cache need no more: plain nodes write it without making that form. */
  get canonicalKey(): string {
    this.memoCanonicalKey ??= this.makeCanonicalKey();
    return this.memoCanonicalKey;
  }
  protected makeCanonicalKey(): string {
    if (this.doCanonicalize !== LogicalPlan.prototype.doCanonicalize) return this.canonicalized.key;
    return this.keyOfCanonicalChildren();
  }
  /** As `doCanonicalize` of this class does it, as text. */
  protected keyOfCanonicalChildren(): string {
    const writer = new CanonicalText(OrdinalMap.ofInput(this.children));
    return `${this.kind}(${writer.list(this.keyArgs())})`;
  }
  /** A number that plans of the same canonical form share: their operators, without what vanishes in canonical plans. Far
   * cheaper than that form, so that look-ups mostly end here. */
  get shape(): number {
    this.memoShape ??= this.makeShape();
    return this.memoShape;
  }
  protected makeShape(): number {
    const { children } = this;
    let h = shapeOfKind(this.kind);
    for (let i = 0; i < children.length; i++) h = (Math.imul(h, 31) + (children[i] as LogicalPlan).shape) | 0;
    return h;
  }
  /** Whether both give the same rows for the reasons that Spark knows: canonical plans are equal. */
  sameResult(other: LogicalPlan): boolean {
    return this.canonicalKey === other.canonicalKey;
  }
  /** Injective text of this tree. */
  get key(): string {
    if (this.memoKey === undefined) this.memoKey = `${this.kind}(${this.keyArgs().map(argKey).join(',')})`;
    return this.memoKey;
  }
  protected keyArgs(): readonly unknown[] {
    return this.args();
  }
  override equals(other: LogicalPlan): boolean {
    if (this === other) return true;
    if (this.memoKey !== undefined && other.memoKey !== undefined) return this.memoKey === other.memoKey;
    return this.kind === other.kind && equalArgs(this.keyArgs(), other.keyArgs());
  }

  /** Spark's class name. */
  get nodeName(): string {
    return this.kind;
  }
  /** This node's line in a plan tree. Spark: `simpleString`. */
  get simpleString(): string {
    const args = this.stringArgs();
    return args.length === 0 ? this.nodeName : `${this.nodeName} ${args.join(', ')}`;
  }
  /** Arguments as plan strings show them. */
  protected stringArgs(): string[] {
    return this.args()
      .filter((a) => !(a instanceof LogicalPlan) && a !== undefined && !(Array.isArray(a) && a.length === 0))
      .map(argString);
  }
  /** Plans drawn above the children: those of subquery expressions. */
  get innerChildren(): readonly LogicalPlan[] {
    // Within one expression a subquery shows once: Spark's BETWEEN holds what it tests once.
    return this.expressions.flatMap((e) => {
      const seen = new Map<number, LogicalPlan>();
      e.foreach((x) => {
        if (x instanceof SubqueryExpression && !seen.has(x.exprId)) seen.set(x.exprId, x.plan);
      });
      return [...seen.values()];
    });
  }
  private drawn(): DrawnNode {
    const mark = !this.resolved ? "'" : this.isStreaming ? '~' : '';
    return {
      lines: mark + this.simpleString,
      inner: this.drawnInside,
      children: this.children.map((p) => p.drawn()),
    };
  }
  /** What is drawn between the node and its children. */
  get drawnInside(): readonly DrawnNode[] {
    return this.innerChildren.map((p) => p.drawn());
  }
  get treeString(): string {
    return drawTree(this.drawn());
  }
  override toString(): string {
    return this.treeString;
  }
}

/** Writes constructor arguments as their canonical forms: attributes as ordinals of the input, aliases and new columns numbered as they
 * come. */
class CanonicalText {
  #id = -1;
  constructor(readonly input: OrdinalMap) {}

  list(args: readonly unknown[]): string {
    let text = '';
    for (let i = 0; i < args.length; i++) text += i === 0 ? this.one(args[i]) : `,${this.one(args[i])}`;
    return text;
  }
  private one(arg: unknown): string {
    if (arg instanceof LogicalPlan) return arg.canonicalKey;
    if (!(arg instanceof Expression)) return Array.isArray(arg) ? `[${this.list(arg)}]` : argKey(arg);
    if (arg instanceof Alias) {
      const id = ++this.#id;
      const of = arg.qualifier.length === 0 ? '' : `,${argKey(arg.qualifier)}`;
      return `Alias(${arg.child.canonicalKey(this.input)},"",${id}${of})`;
    }
    if (arg instanceof AttributeReference && this.input.indexOf(arg.exprId) === -1)
      return AttributeReference.canonical(arg.dataType, ++this.#id).key;
    return arg.canonicalKey(this.input);
  }
}

const hasSubquery = (e: Expression): boolean => e.hasSubquery;
const hasSubqueries = (p: LogicalPlan): boolean => p.hasSubqueries;

const kindShapes = new Map<string, number>();

/** Kinds are numbered as they come; the factor spreads the numbers. */
function shapeOfKind(kind: string): number {
  let shape = kindShapes.get(kind);
  if (shape === undefined) {
    shape = Math.imul(kindShapes.size + 1, 0x9e37_79b1);
    kindShapes.set(kind, shape);
  }
  return shape;
}

/** Lists longer than this are cut in plan strings (`spark.sql.debug.maxToStringFields`). */
const MAX_FIELDS = 25;

/** `a, b, … n more fields`. Spark: `truncatedString`. */
export function truncatedList(parts: readonly string[], separator = ', '): string {
  if (parts.length <= MAX_FIELDS) return parts.join(separator);
  return `${parts.slice(0, MAX_FIELDS).join(separator)}${separator}... ${parts.length - MAX_FIELDS} more fields`;
}

/** `[a, b]` for lists, plain text otherwise; a lone attribute shows its type. */
export function argString(arg: unknown): string {
  if (arg instanceof AttributeReference) return `${arg.name}#${arg.exprId}: ${arg.dataType.simpleString}`;
  if (Array.isArray(arg)) return `[${truncatedList(arg.map((a) => (Array.isArray(a) ? argString(a) : String(a))))}]`;
  return String(arg);
}

/** First ordinal of each attribute id. Spark: `AttributeSeq.indexOf`. */
export class OrdinalMap implements Ordinals {
  #map: Map<number, number> | undefined;
  constructor(readonly attributes: Attributes) {}
  /** Over the children's columns, left to right. */
  static ofInput(children: readonly LogicalPlan[]): OrdinalMap {
    const only = children.length === 1 ? children[0] : undefined;
    return new OrdinalMap(only ? only.output : children.flatMap((c) => c.output));
  }
  indexOf(exprId: number): number {
    const { attributes } = this;
    if (attributes.length <= FEW_COLUMNS) {
      for (let i = 0; i < attributes.length; i++) if (attributes[i]?.exprId === exprId) return i;
      return -1;
    }
    if (!this.#map) {
      this.#map = new Map();
      for (let i = attributes.length - 1; i >= 0; i--) this.#map.set((attributes[i] as AttributeReference).exprId, i);
    }
    return this.#map.get(exprId) ?? -1;
  }
  normalizedKey(e: Expression): string {
    return normalizeExpression(e, this).key;
  }
}
/** So many columns are searched faster than a map is made. */
const FEW_COLUMNS = 6;

/** Replaces attribute ids by ordinals of the input and canonicalizes. Outer references inside subquery plans are normalized
 * against the same input. Spark: `QueryPlan.normalizeExpressions`. */
export function normalizeExpression(e: Expression, input: OrdinalMap): Expression {
  return e.transformUp((x) => {
    if (x instanceof SubqueryExpression) {
      const plan = x.plan.transformAllExpressions((inner) =>
        inner instanceof OuterReference
          ? new OuterReference(normalizeExpression(inner.child, input) as AttributeReference)
          : inner,
      );
      return plan === x.plan ? x : x.withPlan(plan);
    }
    if (!(x instanceof AttributeReference)) return x;
    const ordinal = input.indexOf(x.exprId);
    return ordinal === -1 ? x : AttributeReference.canonical(x.dataType, ordinal);
  }).canonicalized;
}

export abstract class LeafNode extends LogicalPlan {
  override get children(): readonly LogicalPlan[] {
    return [];
  }
  override withNewChildren(): LogicalPlan {
    return this;
  }
  override get producedAttributes(): AttributeSet {
    return this.outputSet;
  }
}
export abstract class UnaryNode extends LogicalPlan {
  abstract readonly child: LogicalPlan;
  override withNewChildren(children: readonly LogicalPlan[]): LogicalPlan {
    const child = children[0];
    if (child === undefined) throw internalError(`${this.kind} got too few children`);
    if (child === this.child) return this;
    const args = [...this.args()];
    args[args.indexOf(this.child)] = child;
    return this.remade(args);
  }
  override get maxRows(): bigint | undefined {
    return undefined;
  }
}
export abstract class BinaryNode extends LogicalPlan {
  abstract readonly left: LogicalPlan;
  abstract readonly right: LogicalPlan;
}
