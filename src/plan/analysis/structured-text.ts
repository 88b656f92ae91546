import { analysisError, type Origin, parseError, SparkError } from '../../errors/index.js';
import type { ScalarFunction } from '../../eval/function.js';
import { schemaOf } from '../../eval/functions/json.js';
import { type DataType, MapType, MapValue, STRING, type Value } from '../../types/index.js';
import { quoteExpr } from '../expressions/arithmetic.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { checkArity } from './call-clauses.js';
import { evaluateConstant } from './constants.js';
import type { AnalyzerContext } from './context.js';

/** A schema as it was written: schemas are equal that are one type. */
class SchemaLiteral extends Literal {
  constructor(
    text: string,
    readonly schema: DataType,
  ) {
    super(text, STRING);
  }
  protected override keyArgs() {
    return [this.schema.sql];
  }
  override canonicalKey(): string {
    return this.key;
  }
}

/** Options in the order in which they were written, which does not count. */
class OptionsLiteral extends Literal {
  protected override keyArgs() {
    const { value } = this;
    if (!(value instanceof MapValue)) return super.keyArgs();
    return [JSON.stringify(value.keys.map((k, i) => [k, value.values[i]]).sort())];
  }
  override canonicalKey(): string {
    return this.key;
  }
}

const OPTIONS_AT: Readonly<Record<string, number>> = {
  CsvToStructs: 2,
  JsonToStructs: 2,
  SchemaOfCsv: 1,
  SchemaOfJson: 1,
  StructsToCsv: 1,
  StructsToJson: 1,
};

/** Calls of from_json, to_csv and their kin: schema and options are constants of the call, worked out here and shown as
 * Spark shows its constructors. Undefined for other functions.
 * @throws INVALID_SCHEMA.*, INVALID_OPTIONS.*, DATATYPE_MISMATCH.NON_FOLDABLE_INPUT, DATATYPE_MISMATCH.UNEXPECTED_NULL.
 * Spark: `ExprUtils` */
export function structuredTextCall(
  context: AnalyzerContext,
  def: ScalarFunction,
  args: readonly Expression[],
  origin: Origin,
): Expression | undefined {
  const at = OPTIONS_AT[def.sparkClass];
  if (at === undefined) return undefined;
  checkArity(def.name, [def.arity[0], at + 1], args.length, origin);
  const operands = [args[0] as Expression];
  if (at === 2) operands.push(schemaLiteral(context, def, args[1] as Expression, origin));
  const options = args[at];
  if (options) operands.push(optionsLiteral(context, options, origin));
  const style = context.conf.functions?.binaryStyle;
  // How binaries are written stands behind the options; no text shows it.
  if (def.sparkClass === 'StructsToCsv' && style)
    operands.push(...(options ? [] : [new Literal(null, new MapType(STRING, STRING, true))]), Literal.string(style));
  const call = new ScalarCall(def, operands, context.mode).withOrigin(origin);
  if (def.sparkClass.startsWith('SchemaOf')) requireConstant(context, call as ScalarCall, origin);
  return call;
}

function schemaLiteral(context: AnalyzerContext, def: ScalarFunction, e: Expression, origin: Origin): Literal {
  const value = e.foldable ? evaluateConstant(e, context.conf.timeZone) : undefined;
  if (typeof value !== 'string')
    throw analysisError('INVALID_SCHEMA.NON_STRING_LITERAL', { inputSchema: quoteExpr(e) }, origin);
  const text = context.conf.timestampNtz ? withNtz(value) : value;
  const type = parsedSchema(text);
  if (def.sparkClass === 'CsvToStructs' && type.kind !== 'struct')
    throw analysisError(
      'INVALID_SCHEMA.NON_STRUCT_TYPE',
      { inputSchema: quoteExpr(e), dataType: `"${type.sql}"` },
      origin,
    );
  return new SchemaLiteral(text, type);
}

/** TIMESTAMP where it stands for a type, not a name, means the type without a zone. JSON texts say what they mean. */
function withNtz(schema: string): string {
  if (/^\s*[{"]/.test(schema)) return schema;
  return schema.replace(/(?<![\w`])timestamp(?=\s*(?:$|[,>)])|\s+(?:not|comment|default)\b)/gi, 'timestamp_ntz');
}

/** Text that is neither a list of columns nor a type is reported as the latter. */
function parsedSchema(text: string): DataType {
  try {
    return schemaOf(text);
  } catch (error) {
    const extra = /^\s*[A-Za-z_]\w*\s+([A-Za-z_]\w*)/.exec(text)?.[1];
    if (error instanceof SparkError && error.condition === 'UNSUPPORTED_DATATYPE' && extra)
      throw parseError('PARSE_SYNTAX_ERROR', { error: `'${extra}'`, hint: `: extra input '${extra}'` });
    throw error;
  }
}

function optionsLiteral(context: AnalyzerContext, e: Expression, origin: Origin): Literal {
  const type = e.dataType;
  const isMap = e instanceof ScalarCall ? e.def.sparkClass === 'CreateMap' : e instanceof Literal;
  if (!isMap || type.kind !== 'map') throw analysisError('INVALID_OPTIONS.NON_MAP_FUNCTION', {}, origin);
  if (type.keyType.kind !== 'string' || type.valueType.kind !== 'string')
    throw analysisError('INVALID_OPTIONS.NON_STRING_TYPE', { mapType: `"${type.sql}"` }, origin);
  const value: Value = evaluateConstant(e, context.conf.timeZone);
  return new OptionsLiteral(value, new MapType(STRING, STRING, true));
}

function requireConstant(context: AnalyzerContext, call: ScalarCall, origin: Origin): void {
  const [child] = call.operands as readonly [Expression];
  const name = call.def.sparkClass === 'SchemaOfJson' ? 'json' : 'csv';
  if (!child.foldable)
    throw analysisError(
      'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT',
      {
        sqlExpr: quoteExpr(call),
        inputName: `\`${name}\``,
        inputType: `"${child.dataType.sql}"`,
        inputExpr: quoteExpr(child),
      },
      origin,
    );
  if (evaluateConstant(child, context.conf.timeZone) === null)
    throw analysisError('DATATYPE_MISMATCH.UNEXPECTED_NULL', { sqlExpr: quoteExpr(call), exprName: name }, origin);
}
