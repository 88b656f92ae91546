import type { AnalysisContext, Coercion, EvalMode, ScalarFunction } from '../../eval/function.js';
import { type DataType, type StructType, sameType } from '../../types/index.js';
import { type CallParts, callSql, callString } from './call-text.js';
import { type CanonicalCall, capturedParts, replacedScalar } from './captured.js';
import { byKey, orderedOperands } from './commutative.js';
import { Expression, type Ordinals, type TypeCheckFailure } from './expression.js';
import { Literal } from './literal.js';

/** What a function definition may ask about its arguments. */
export function analysisContext(args: readonly Expression[], mode: EvalMode, timeZone: string): AnalysisContext {
  return {
    mode,
    timeZone,
    nullable: args.map((a) => a.nullable),
    constants: args.map((a) => (a instanceof Literal ? a.value : undefined)),
    foldable: args.map((a) => a.foldable),
  };
}

const PARAMETERS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** The parameter that shows the argument to blame. */
export function blameKey(condition: string): 'inputExpr' | 'inputSql' {
  return condition === 'NON_FOLDABLE_INPUT' ? 'inputExpr' : 'inputSql';
}

/** Why a call's arguments are not acceptable as they are: a mismatch, or casts that are still to be put in.
 * Lambdas that are not bound yet count as acceptable. */
export function coercionFailure(
  call: Expression,
  def: { readonly name: string; readonly coerce: Coercion },
  operands: readonly Expression[],
  mode: EvalMode,
  timeZone: string | undefined,
): TypeCheckFailure | undefined {
  const types = operands.map((o) => o.dataType);
  const wanted = def.coerce(types, analysisContext(operands, mode, timeZone ?? 'UTC'));
  if ('mismatch' in wanted) {
    const { condition, parameters, argument } = wanted.mismatch;
    const blamed = argument === undefined ? undefined : operands[argument];
    return {
      condition,
      parameters: {
        sqlExpr: `"${call.sql(true)}"`,
        ...(blamed ? { [blameKey(condition)]: `"${blamed.sql(true)}"` } : {}),
        ...parameters,
      },
    };
  }
  const at = wanted.findIndex((t, i) => t !== undefined && !sameType(t, types[i] as DataType));
  if (at < 0) return undefined;
  return {
    condition: 'UNEXPECTED_INPUT_TYPE',
    parameters: {
      sqlExpr: `"${call.sql(true)}"`,
      paramIndex: PARAMETERS[at] ?? `${at + 1}th`,
      requiredType: `"${(wanted[at] as DataType).sql}"`,
      inputSql: `"${operands[at]?.sql(true)}"`,
      inputType: `"${(types[at] as DataType).sql}"`,
    },
  };
}

/** A call of a registry function. One class for all of them: what differs stands in the definition. Its Spark class is
 * `def.sparkClass`. `timeZone` is undefined until the analyzer sets it. */
export class ScalarCall extends Expression {
  readonly kind = 'ScalarCall';
  constructor(
    readonly def: ScalarFunction,
    readonly operands: readonly Expression[],
    readonly mode: EvalMode,
    readonly timeZone: string | undefined = undefined,
    /** The name as the user wrote it, where Spark shows it (FUNC_ALIAS). Not part of the identity. */
    readonly shownName: string | undefined = undefined,
    /** Ties stateful calls (rand) to one stream: distinct objects of one text differ. */
    readonly site: number | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.def, this.operands, this.mode, this.timeZone, this.shownName, this.site];
  }
  protected override keyArgs() {
    const [name, mode, timeZone] = capturedParts(this.def, this.mode, this.timeZone);
    return [name, this.operands, mode, timeZone];
  }
  override get nodeName() {
    return this.def.sparkClass;
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    return coercionFailure(this, this.def, this.operands, this.mode, this.timeZone);
  }
  get dataType(): DataType {
    return this.def.returnType(
      this.operands.map((o) => o.dataType),
      analysisContext(this.operands, this.mode, this.timeZone ?? 'UTC'),
    );
  }
  get nullable(): boolean {
    const rule = this.def.nullability ?? 'any-argument';
    if (rule === 'always') return true;
    if (rule === 'never') return false;
    const nullable = this.operands.map((o) => o.nullable);
    if (rule === 'any-argument') return nullable.some((n) => n);
    return rule(
      nullable,
      this.operands.map((o) => o.dataType),
    );
  }
  override get deterministic() {
    return this.def.deterministic !== false && super.deterministic;
  }
  override get foldable() {
    const { deterministic, foldable } = this.def;
    return deterministic !== false && foldable !== false && this.operands.every((o) => o.foldable);
  }
  override get nullIntolerant() {
    return this.def.nullIntolerant !== false;
  }
  override get throwable() {
    return this.mode === 'ANSI' || super.throwable;
  }
  protected override canonicalize(): Expression {
    if (this.def.sparkClass === 'Greatest' || this.def.sparkClass === 'Least') {
      const flat = orderedOperands(this, (e) =>
        e instanceof ScalarCall && e.def === this.def ? e.operands : undefined,
      );
      return new ScalarCall(this.def, flat.sort(byKey), this.mode, this.timeZone, undefined, this.site);
    }
    const replaced = replacedScalar(this.def, this.operands);
    return replaced ? this.replacedBy(replaced).canonicalized : this.withCanonicalizedChildren();
  }
  override canonicalKey(input: Ordinals): string {
    const { sparkClass } = this.def;
    if (sparkClass === 'Greatest' || sparkClass === 'Least') return super.canonicalKey(input);
    const replaced = replacedScalar(this.def, this.operands);
    return replaced ? this.replacedBy(replaced).canonicalKey(input) : this.keyOfCanonicalChildren(input);
  }
  private replacedBy({ def, operands }: CanonicalCall<ScalarFunction>): ScalarCall {
    return new ScalarCall(def, operands, this.mode, this.timeZone, undefined, this.site);
  }
  private get parts(): CallParts {
    const { def, operands, mode, timeZone } = this;
    const ntz = def.name.endsWith('ntz');
    return {
      sparkClass: def.sparkClass,
      // What follows an @ tells apart entries that SQL knows by one name.
      name: this.shownName ?? def.name.replace(/@.*/, ''),
      operands,
      ansi: mode === 'ANSI',
      timeZone,
      ntz,
    };
  }
  override toString() {
    return callString(this.parts);
  }
  override sql(pretty: boolean) {
    return callSql(this.parts, pretty);
  }
}

/** A function that is another expression under a name of its own: shows as `name(parameters)`, means `replacement`, and
 * is canonically equal to it. The optimizer puts the replacement in. Spark: `RuntimeReplaceable`. */
export class RuntimeReplaceable extends Expression {
  readonly kind = 'RuntimeReplaceable';
  constructor(
    readonly name: string,
    readonly parameters: readonly Expression[],
    readonly replacement: Expression,
    /** Spark's replacement computes a common part once (`With`), so it never equals the same thing written out. */
    readonly opaque = false,
    /** Options that plan strings show behind the parameters. */
    readonly shownOptions: readonly string[] = [],
    /** The last parameter may be left out; plan strings show it as an option. */
    readonly lastIsOption = false,
  ) {
    super();
  }
  args() {
    return [this.name, this.parameters, this.replacement, this.opaque, this.shownOptions, this.lastIsOption];
  }
  /** Only the replacement is transformed by rules; the parameters stay as written (Spark: `InheritAnalysisRules`). */
  override get children() {
    return [this.replacement];
  }
  override withNewChildren(children: readonly Expression[]): Expression {
    const [replacement] = children;
    const { name, parameters, opaque, shownOptions, lastIsOption } = this;
    return this.rebuild([name, parameters, replacement, opaque, shownOptions, lastIsOption]);
  }
  get dataType(): DataType {
    return this.replacement.dataType;
  }
  get nullable() {
    return this.replacement.nullable;
  }
  override get foldable() {
    return this.replacement.foldable;
  }
  protected override canonicalize(): Expression {
    const { canonicalized } = this.replacement;
    return this.opaque ? new RuntimeReplaceable('with', [], canonicalized, true) : canonicalized;
  }
  override canonicalKey(input: Ordinals): string {
    return this.opaque ? super.canonicalKey(input) : this.replacement.canonicalKey(input);
  }
  override toString() {
    if (this.name === '-') return this.parameters.join(' - ');
    const shown = this.parameters.map(String);
    if (this.lastIsOption) shown.push(`Some(${shown.pop()})`);
    return `${this.name}(${[...shown, ...this.shownOptions].join(', ')})`;
  }
  override sql(pretty: boolean) {
    return replacedSql(
      this.name,
      this.parameters.map((p) => p.sql(pretty)),
    );
  }
}

/** SQL of a function that Spark replaces. @param parameters their SQL */
export function replacedSql(name: string, parameters: readonly string[]): string {
  if (name === '-') return parameters.join(' - ');
  if (name === 'positive') return `(+ ${parameters[0]})`;
  const isField = name === 'extract' || name === 'datepart';
  return `${name}(${parameters.join(isField ? ' FROM ' : ', ')})`;
}

/** Makes several rows (and columns) of one. Stands only under `Generate` or in a select list that the analyzer turns into
 * one. Spark: `Generator`. */
export class GeneratorCall extends Expression {
  readonly kind = 'GeneratorCall';
  constructor(
    /** `explode`, `posexplode`, `inline`, `stack`, `json_tuple`; the `_outer` forms are `Generate.outer`. */
    readonly name: string,
    readonly operands: readonly Expression[],
    /** What it yields, for resolved operands. */
    readonly schemaOf: (operands: readonly Expression[]) => StructType,
    readonly outer = false,
    readonly check: ((call: GeneratorCall) => TypeCheckFailure | undefined) | undefined = undefined,
  ) {
    super();
  }
  args() {
    return [this.name, this.operands, this.schemaOf, this.outer, this.check];
  }
  override checkInputDataTypes() {
    return this.check?.(this);
  }
  protected override keyArgs() {
    return [this.name, this.operands, this.outer];
  }
  get elementSchema(): StructType {
    return this.schemaOf(this.operands);
  }
  get dataType(): DataType {
    return this.elementSchema;
  }
  get nullable() {
    return false;
  }
  override toString() {
    return `${this.name}(${this.operands.join(', ')})`;
  }
  override sql(pretty: boolean) {
    return `${this.name}(${this.operands.map((o) => o.sql(pretty)).join(', ')})`;
  }
}

/** A function of the user's, run a row at a time on the main thread. Equal only to itself by `id`. Spark: `ScalaUDF`. */
export class JavaScriptUdf extends Expression {
  readonly kind = 'JavaScriptUdf';
  constructor(
    readonly id: number,
    readonly name: string,
    readonly operands: readonly Expression[],
    readonly dataType: DataType,
    readonly udfDeterministic: boolean,
  ) {
    super();
  }
  args() {
    return [this.id, this.name, this.operands, this.dataType, this.udfDeterministic];
  }
  protected override keyArgs() {
    return [this.id, this.operands, this.dataType.sql];
  }
  get nullable() {
    return true;
  }
  override get deterministic() {
    return this.udfDeterministic && super.deterministic;
  }
  override toString() {
    return `${this.name}(${this.operands.join(', ')})`;
  }
  override sql(pretty: boolean) {
    return `${this.name}(${this.operands.map((o) => o.sql(pretty)).join(', ')})`;
  }
}
