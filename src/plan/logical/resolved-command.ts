import { type Attributes, LogicalPlan } from './logical-plan.js';

/** A statement, or a name in one, as Spark's analyzer leaves it: what `queryExecution.analyzed` of a statement shows. It is
 * read, never planned: the session has run the statement itself. Spark: `RunnableCommand`, `V2Command`, `ResolvedNamespace`… */
export class ResolvedCommand extends LogicalPlan {
  readonly kind = 'ResolvedCommand';
  constructor(
    /** Spark's line of the node. */
    readonly text: string,
    /** Drawn below; `inner` are plans that the command holds as arguments, drawn further in. */
    readonly below: readonly LogicalPlan[] = [],
    readonly inner: readonly LogicalPlan[] = [],
    readonly output: Attributes = [],
  ) {
    super();
  }
  args() {
    return [this.text, this.below, this.inner, this.output];
  }
  override get children(): readonly LogicalPlan[] {
    return this.below;
  }
  override get innerChildren(): readonly LogicalPlan[] {
    return this.inner;
  }
  override withNewChildren(children: readonly LogicalPlan[]): LogicalPlan {
    return this.rebuild([this.text, children, this.inner, this.output]);
  }
  override get resolved() {
    return true;
  }
  /** Spark's class name. */
  override get nodeName() {
    return /^\w+/.exec(this.text)?.[0] ?? this.kind;
  }
  override get simpleString() {
    return this.text;
  }
}
