import { unsupported } from '../../errors/index.js';
import type { DataType } from '../../types/index.js';
import { Expression } from './expression.js';

/** `text COLLATE name`, until the comparison that it stands in takes it away. Anywhere else it is refused: columns do not carry
 * collations. Spark: `Collate`. */
export class Collate extends Expression {
  readonly kind = 'Collate';
  constructor(
    readonly child: Expression,
    readonly collation: 'UTF8_BINARY' | 'UTF8_LCASE',
  ) {
    super();
  }
  args() {
    return [this.child, this.collation];
  }
  /** @throws UNSUPPORTED_FEATURE */
  get dataType(): DataType {
    throw unsupported('COLLATE outside a comparison', this.origin);
  }
  get nullable() {
    return this.child.nullable;
  }
  override toString() {
    return `collate(${this.child}, ${this.collation})`;
  }
  override sql(pretty: boolean) {
    return `collate(${this.child.sql(pretty)}, ${this.collation})`;
  }
}
