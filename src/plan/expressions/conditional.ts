import { type DataType, mergedNullability, sameType } from '../../types/index.js';
import { quoteExpr } from './arithmetic.js';
import { Expression, type TypeCheckFailure } from './expression.js';

function mergedType(es: readonly Expression[]): DataType {
  return mergedNullability(es.map((e) => e.dataType));
}

function diffTypes(e: Expression, name: string, branches: readonly Expression[]): TypeCheckFailure | undefined {
  const t = branches[0]?.dataType;
  if (t === undefined || branches.every((b) => sameType(b.dataType, t))) return undefined;
  const types = branches.map((b) => `"${b.dataType.sql}"`);
  return {
    condition: 'DATA_DIFF_TYPES',
    parameters: {
      functionName: `\`${name}\``,
      dataType: name === 'coalesce' ? `(${types.join(' or ')})` : `[${types.join(', ')}]`,
      sqlExpr: quoteExpr(e),
    },
  };
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

function notBoolean(e: Expression, condition: Expression, index: number): TypeCheckFailure | undefined {
  if (condition.dataType.kind === 'boolean') return undefined;
  return {
    condition: 'UNEXPECTED_INPUT_TYPE',
    parameters: {
      sqlExpr: quoteExpr(e),
      paramIndex: ORDINALS[index] ?? `${index + 1}th`,
      requiredType: '"BOOLEAN"',
      inputSql: quoteExpr(condition),
      inputType: `"${condition.dataType.sql}"`,
    },
  };
}

/** `if(predicate, whenTrue, whenFalse)`; a null predicate counts as false. Spark: `If`. */
export class If extends Expression {
  readonly kind = 'If';
  constructor(
    readonly predicate: Expression,
    readonly trueValue: Expression,
    readonly falseValue: Expression,
  ) {
    super();
  }
  args() {
    return [this.predicate, this.trueValue, this.falseValue];
  }
  get dataType(): DataType {
    return mergedType([this.trueValue, this.falseValue]);
  }
  get nullable() {
    return this.trueValue.nullable || this.falseValue.nullable;
  }
  override get foldable() {
    return this.children.every((c) => c.foldable);
  }
  override checkInputDataTypes() {
    return notBoolean(this, this.predicate, 0) ?? diffTypes(this, 'if', [this.trueValue, this.falseValue]);
  }
  override toString() {
    return `if (${this.predicate}) ${this.trueValue} else ${this.falseValue}`;
  }
  override sql(pretty: boolean) {
    return `(IF(${this.predicate.sql(pretty)}, ${this.trueValue.sql(pretty)}, ${this.falseValue.sql(pretty)}))`;
  }
}

/** CASE WHEN: `whens[i]` decides `thens[i]`. Spark: `CaseWhen`. */
export class CaseWhen extends Expression {
  readonly kind = 'CaseWhen';
  constructor(
    readonly whens: readonly Expression[],
    readonly thens: readonly Expression[],
    readonly elseValue: Expression | undefined,
  ) {
    super();
  }
  args() {
    return [this.whens, this.thens, this.elseValue];
  }
  get values(): readonly Expression[] {
    return this.elseValue ? [...this.thens, this.elseValue] : this.thens;
  }
  get dataType(): DataType {
    return mergedType(this.values);
  }
  get nullable() {
    return this.elseValue === undefined || this.values.some((v) => v.nullable);
  }
  override get foldable() {
    return this.children.every((c) => c.foldable);
  }
  override checkInputDataTypes() {
    const differ = diffTypes(this, 'casewhen', this.values);
    if (differ) return differ;
    const at = this.whens.findIndex((w) => w.dataType.kind !== 'boolean');
    return at < 0 ? undefined : notBoolean(this, this.whens[at] as Expression, at + 1);
  }
  override toString() {
    const cases = this.whens.map((w, i) => ` WHEN ${w} THEN ${this.thens[i]}`).join('');
    return `CASE${cases}${this.elseValue ? ` ELSE ${this.elseValue}` : ''} END`;
  }
  override sql(pretty: boolean) {
    const cases = this.whens.map((w, i) => ` WHEN ${w.sql(pretty)} THEN ${this.thens[i]?.sql(pretty)}`).join('');
    return `CASE${cases}${this.elseValue ? ` ELSE ${this.elseValue.sql(pretty)}` : ''} END`;
  }
}

/** The first operand that is not null. Spark: `Coalesce`. */
export class Coalesce extends Expression {
  readonly kind = 'Coalesce';
  constructor(readonly operands: readonly Expression[]) {
    super();
  }
  args() {
    return [this.operands];
  }
  get dataType(): DataType {
    return mergedType(this.operands);
  }
  get nullable() {
    return this.operands.every((o) => o.nullable);
  }
  override get foldable() {
    return this.children.every((c) => c.foldable);
  }
  override checkInputDataTypes() {
    return diffTypes(this, 'coalesce', this.operands);
  }
  override toString() {
    return `coalesce(${this.operands.join(', ')})`;
  }
  override sql(pretty: boolean) {
    return `coalesce(${this.operands.map((o) => o.sql(pretty)).join(', ')})`;
  }
}
