import type { Expression } from '../expressions/expression.js';
import type { LateralSubquery } from '../expressions/subquery.js';
import { type JoinType, joinTypeKey } from './join-type.js';
import { type Attributes, BinaryNode, type LogicalPlan, UnaryNode } from './logical-plan.js';

/** Spark: `Join`. Output: left columns (nullable for right/full), then right ones (nullable for left/full). */
export class Join extends BinaryNode {
  readonly kind = 'Join';
  constructor(
    readonly left: LogicalPlan,
    readonly right: LogicalPlan,
    readonly joinType: JoinType,
    readonly condition: Expression | undefined,
    /** Strategies asked for, put here by the optimizer from `ResolvedHint`. */
    readonly hint: JoinHint = NO_HINT,
  ) {
    super();
  }
  args() {
    return [this.left, this.right, this.joinType, this.condition, this.hint];
  }
  protected override keyArgs() {
    return [this.left, this.right, joinTypeKey(this.joinType), this.condition];
  }
  private memoOutput: Attributes | undefined = undefined;
  override get output(): Attributes {
    this.memoOutput ??= this.computeOutput();
    return this.memoOutput;
  }
  private computeOutput(): Attributes {
    const nullable = (as: Attributes) => as.map((a) => a.withNullability(true));
    switch (this.joinType.kind) {
      case 'LeftSemi':
      case 'LeftAnti':
        return this.left.output;
      case 'ExistenceJoin':
        return [...this.left.output, this.joinType.exists];
      case 'LeftOuter':
        return [...this.left.output, ...nullable(this.right.output)];
      case 'RightOuter':
        return [...nullable(this.left.output), ...this.right.output];
      case 'FullOuter':
        return [...nullable(this.left.output), ...nullable(this.right.output)];
      default:
        return [...this.left.output, ...this.right.output];
    }
  }
  /** Both sides' ids must differ. Spark: `duplicateResolved`. */
  get duplicateResolved(): boolean {
    return !this.left.outputSet.intersects(this.right.outputSet);
  }
  protected override get selfResolved() {
    const { kind } = this.joinType;
    return (
      kind !== 'UsingJoin' &&
      kind !== 'NaturalJoin' &&
      this.duplicateResolved &&
      (this.condition === undefined || this.condition.dataType.kind === 'boolean')
    );
  }
  protected override stringArgs() {
    const t = this.joinType;
    const name =
      t.kind === 'ExistenceJoin'
        ? `ExistenceJoin(${t.exists})`
        : t.kind === 'UsingJoin'
          ? `UsingJoin(${t.type.kind}, [${t.columns.join(', ')}])`
          : t.kind;
    const out = [name];
    if (this.condition) out.push(String(this.condition));
    const hint = hintString(this.hint);
    if (hint) out.push(hint);
    return out;
  }
}

export type JoinStrategy =
  | 'broadcast'
  | 'merge'
  | 'shuffle_hash'
  | 'shuffle_replicate_nl'
  | 'no_broadcast_hash'
  | 'prefer_shuffle_hash'
  | 'no_broadcast_and_replication';
export interface JoinHint {
  readonly left?: JoinStrategy | undefined;
  readonly right?: JoinStrategy | undefined;
}
export const NO_HINT: JoinHint = Object.freeze({});
function hintString(h: JoinHint): string {
  const parts: string[] = [];
  if (h.left) parts.push(`leftHint=(strategy=${h.left})`);
  if (h.right) parts.push(`rightHint=(strategy=${h.right})`);
  return parts.join(', ');
}

/** A join whose right side may read columns of the left row. Spark: `LateralJoin`. */
export class LateralJoin extends UnaryNode {
  readonly kind = 'LateralJoin';
  constructor(
    readonly child: LogicalPlan,
    readonly right: LateralSubquery,
    readonly joinType: JoinType,
    readonly condition: Expression | undefined,
  ) {
    super();
  }
  args() {
    return [this.child, this.right, this.joinType, this.condition];
  }
  protected override keyArgs() {
    return [this.child, this.right, joinTypeKey(this.joinType), this.condition];
  }
  override get output(): Attributes {
    const right = this.right.plan.output;
    return [
      ...this.child.output,
      ...(this.joinType.kind === 'LeftOuter' ? right.map((a) => a.withNullability(true)) : right),
    ];
  }
  get duplicateResolved(): boolean {
    return !this.child.outputSet.intersects(this.right.plan.outputSet);
  }
  override get producedAttributes() {
    return this.right.plan.outputSet;
  }
  override get childrenResolved() {
    return this.child.resolved && this.right.resolved;
  }
  protected override get selfResolved() {
    const { kind } = this.joinType;
    return kind !== 'UsingJoin' && kind !== 'NaturalJoin' && this.duplicateResolved;
  }
  protected override stringArgs() {
    const out = [String(this.right), this.joinType.kind];
    if (this.condition) out.push(String(this.condition));
    return out;
  }
}
