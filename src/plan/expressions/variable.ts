import { internalError, unsupported } from '../../errors/index.js';
import type { DataType, Value } from '../../types/index.js';
import { LeafExpression } from './expression.js';
import { Literal } from './literal.js';

/** A session variable's type, default and value at one time: SET makes a new definition. The value may still be on its way,
 * while the statement that computes it runs. Spark: `VariableDefinition`. */
export class VariableDefinition {
  #value: Literal | undefined;
  constructor(
    /** In lower case unless names are case sensitive. */
    readonly name: string,
    readonly dataType: DataType,
    readonly defaultSql: string,
    value: Value | undefined,
  ) {
    if (value !== undefined) this.#value = new Literal(value, dataType);
  }
  get isPending(): boolean {
    return this.#value === undefined;
  }
  /** Called once, when the statement that computes the value has ended. */
  settle(value: Value): void {
    if (this.#value !== undefined) throw internalError(`the variable ${this.name} has a value already`);
    this.#value = new Literal(value, this.dataType);
  }
  /** @throws UNSUPPORTED_FEATURE while the statement that sets the variable still runs */
  get current(): Literal {
    if (this.#value === undefined)
      throw unsupported(`reading the variable ${this.name} before the statement that sets it has ended`);
    return this.#value;
  }
  /** Injective text. */
  get key(): string {
    return `${JSON.stringify(this.name)}=${this.#value?.key ?? '?'}`;
  }
}

/** A session variable in an expression: its value when the query was analyzed. Spark: `VariableReference`. */
export class VariableReference extends LeafExpression {
  readonly kind = 'VariableReference';
  constructor(
    readonly nameParts: readonly string[],
    readonly definition: VariableDefinition,
  ) {
    super();
  }
  args() {
    return [this.nameParts, this.definition];
  }
  protected override canonicalize() {
    return new VariableReference([], this.definition);
  }
  get dataType(): DataType {
    return this.definition.dataType;
  }
  get nullable() {
    return true;
  }
  override get foldable() {
    return true;
  }
  override toString() {
    const { name, isPending } = this.definition;
    return `variablereference(system.session.${name}=${isPending ? '?' : this.definition.current.sql(false)})`;
  }
  override sql() {
    return this.toString();
  }
}
