import { internalError, NO_ORIGIN, type Origin } from '../../errors/index.js';
import type { DataType } from '../../types/index.js';
import { argKey, collectInstances, mapArg, TreeNode } from '../tree-node.js';
import type { AttributeReference } from './named.js';

/** Outcome of a type check: undefined if fine, else the sub-condition of DATATYPE_MISMATCH with its parameters. */
export interface TypeCheckFailure {
  readonly condition: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a value is computed from. Immutable; describes, never evaluates (see `bind.ts`). Spark: `Expression`. */
export abstract class Expression extends TreeNode<Expression> {
  /** @throws INTERNAL_ERROR while unresolved */
  abstract get dataType(): DataType;
  abstract get nullable(): boolean;
  /** As in plan strings, ids included. Spark: `toString`. */
  abstract override toString(): string;
  /** As in generated column names (`pretty`: no qualifiers, no implicit casts, bare string literals) or as SQL text. */
  abstract sql(pretty: boolean): string;

  private memoCanonicalized: Expression | undefined = undefined;
  private memoKey: string | undefined = undefined;
  private memoChildren: readonly Expression[] | undefined = undefined;
  private memoResolved: boolean | undefined = undefined;
  private memoHasSubquery: boolean | undefined;

  // As in `LogicalPlan`: what making a node costs.
  constructor() {
    super();
    this.memoHasSubquery = undefined;
  }

  override get children(): readonly Expression[] {
    this.memoChildren ??= collectInstances(this.args(), Expression, []);
    return this.memoChildren;
  }
  /** A subquery is here or below, the plans of subqueries left out. */
  get hasSubquery(): boolean {
    this.memoHasSubquery ??= this.children.some(hasSubquery);
    return this.memoHasSubquery;
  }

  override withNewChildren(children: readonly Expression[]): Expression {
    let i = 0;
    const next = this.args().map((arg) =>
      mapArg(arg, (a) => {
        if (!(a instanceof Expression)) return a;
        const c = children[i++];
        if (c === undefined) throw internalError(`${this.kind} got too few children`);
        return c;
      }),
    );
    return this.children.every((c, at) => c === children[at]) ? this : this.remade(next);
  }

  /** The expressions below that were made with this one have no place yet: they get it too. Spark: `CurrentOrigin`. */
  override spreadOrigin(origin: Origin): this {
    if (origin === NO_ORIGIN) return this;
    this.withOrigin(origin);
    for (const c of this.children) if (c.origin === NO_ORIGIN) c.spreadOrigin(origin);
    return this;
  }

  /** All children resolved and their types acceptable. */
  get resolved(): boolean {
    if (this.memoResolved === undefined)
      this.memoResolved = this.childrenResolved && this.checkInputDataTypes() === undefined;
    return this.memoResolved;
  }
  get childrenResolved(): boolean {
    return this.children.every((c) => c.resolved);
  }
  checkInputDataTypes(): TypeCheckFailure | undefined {
    return undefined;
  }
  /** Same inputs, same result, at any time. Spark: `deterministic`. */
  get deterministic(): boolean {
    return this.children.every((c) => c.deterministic);
  }
  /** Can be computed without any row. */
  get foldable(): boolean {
    return false;
  }
  /** Null inputs give null, and nothing else does. Spark: `nullIntolerant`. */
  get nullIntolerant(): boolean {
    return false;
  }
  /** May raise an error on some input (ANSI arithmetic, casts). */
  get throwable(): boolean {
    return this.children.some((c) => c.throwable);
  }
  /** Attributes that it reads, those of an outer query excluded. */
  get references(): AttributeSet {
    const set = new AttributeSet();
    this.collectReferences(set);
    return set;
  }
  collectReferences(into: AttributeSet): void {
    for (const c of this.children) c.collectReferences(into);
  }

  /** The same for expressions that mean the same up to Spark's normalizations. Spark: `canonicalized`. */
  get canonicalized(): Expression {
    if (this.memoCanonicalized === undefined) {
      const canonical = this.canonicalize();
      canonical.memoCanonicalized ??= canonical;
      this.memoCanonicalized = canonical;
    }
    return this.memoCanonicalized;
  }
  protected canonicalize(): Expression {
    return this.withCanonicalizedChildren();
  }
  protected withCanonicalizedChildren(): Expression {
    return this.mapChildren((c) => c.canonicalized);
  }
  /** Both deterministic and canonically equal. */
  semanticEquals(other: Expression): boolean {
    return this.deterministic && other.deterministic && this.canonicalized.key === other.canonicalized.key;
  }

  /** `key` of the canonical form in which the attributes of `input` stand as ordinals. Look-ups in the cache ask for little
   * else: classes whose rule is plain write the text without making that form. */
  canonicalKey(input: Ordinals): string {
    return input.normalizedKey(this);
  }
  /** As `canonicalKey`, for classes that are canonical once their children are. */
  protected keyOfCanonicalChildren(input: Ordinals): string {
    return `${this.kind}(${canonicalList(this.keyArgs(), input)})`;
  }
  /** Injective text of this tree. */
  get key(): string {
    if (this.memoKey === undefined) this.memoKey = `${this.kind}(${this.keyArgs().map(argKey).join(',')})`;
    return this.memoKey;
  }
  protected keyArgs(): readonly unknown[] {
    return this.args();
  }
  override equals(other: Expression): boolean {
    return this === other || this.key === other.key;
  }

  /** Spark's class name where it differs from `kind`. */
  get nodeName(): string {
    return this.kind;
  }
}

/** Where attributes stand in the input of a plan. */
export interface Ordinals {
  /** −1: not there. */
  indexOf(exprId: number): number;
  /** `key` of the canonical form over this input, the long way. */
  normalizedKey(e: Expression): string;
}

/** A set of attributes by id, in insertion order. Spark: `AttributeSet`. */
export class AttributeSet implements Iterable<AttributeReference> {
  readonly #byId = new Map<number, AttributeReference>();
  constructor(attributes: Iterable<AttributeReference> = []) {
    for (const a of attributes) this.add(a);
  }
  add(a: AttributeReference): void {
    if (!this.#byId.has(a.exprId)) this.#byId.set(a.exprId, a);
  }
  has(a: { readonly exprId: number }): boolean {
    return this.#byId.has(a.exprId);
  }
  get size(): number {
    return this.#byId.size;
  }
  /** Every member is in `other`. */
  subsetOf(other: AttributeSet): boolean {
    for (const id of this.#byId.keys()) if (!other.#byId.has(id)) return false;
    return true;
  }
  intersects(other: AttributeSet): boolean {
    for (const id of this.#byId.keys()) if (other.#byId.has(id)) return true;
    return false;
  }
  [Symbol.iterator](): Iterator<AttributeReference> {
    return this.#byId.values();
  }
}

function canonicalList(args: readonly unknown[], input: Ordinals): string {
  let text = '';
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (i > 0) text += ',';
    if (arg instanceof Expression) text += arg.canonicalKey(input);
    else text += Array.isArray(arg) ? `[${canonicalList(arg, input)}]` : argKey(arg);
  }
  return text;
}

const hasSubquery = (e: Expression): boolean => e.hasSubquery;

const NONE: readonly Expression[] = [];

export abstract class LeafExpression extends Expression {
  override get hasSubquery(): boolean {
    return false;
  }
  override get children(): readonly Expression[] {
    return NONE;
  }
  override withNewChildren(): Expression {
    return this;
  }
}
