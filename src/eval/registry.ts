import {
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  type DataType,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  SHORT,
  STRING,
  TIMESTAMP,
} from '../types/index.js';
import { basicAggregates } from './aggregates/basic.js';
import { collectingAggregates } from './aggregates/collect.js';
import { countMinSketch } from './aggregates/count-min-sketch.js';
import { pivotAggregates } from './aggregates/pivot.js';
import { sketchAggregates } from './aggregates/sketches.js';
import { statisticalAggregates } from './aggregates/statistics.js';
import type { AggregateFunctionDef, ScalarFunction } from './function.js';
import { arrayFunctions } from './functions/array.js';
import { bitmapAggregates, bitmapFunctions } from './functions/bitmap.js';
import { bitwiseFunctions } from './functions/bitwise.js';
import { charVarcharFunctions } from './functions/char-varchar.js';
import { comparisonFunctions } from './functions/comparison.js';
import { conditionalFunctions } from './functions/conditional.js';
import { csvFunctions } from './functions/csv.js';
import { datetimeArithmeticFunctions } from './functions/datetime-arithmetic.js';
import { datetimeConversionFunctions } from './functions/datetime-convert.js';
import { datetimeFieldFunctions } from './functions/datetime-fields.js';
import { legacyVariants } from './functions/datetime-variants.js';
import { encryptionFunctions } from './functions/encryption.js';
import { hashFunctions } from './functions/hash.js';
import { jsonFunctions } from './functions/json.js';
import { lambdaFunctions } from './functions/lambda.js';
import { mapSort } from './functions/map-sort.js';
import { mapAndStructFunctions } from './functions/map-struct.js';
import { mathFunctions } from './functions/math.js';
import { miscFunctions } from './functions/misc.js';
import { nullCountFunctions } from './functions/null-count.js';
import { sequenceFunctions } from './functions/sequence.js';
import { stringFunctions } from './functions/string-basic.js';
import { stringFormatFunctions } from './functions/string-format.js';
import { stringSearchFunctions } from './functions/string-search.js';
import { arithmeticWithDatetimes } from './functions/try-arithmetic.js';
import { unsupportedFunctions } from './functions/unsupported.js';
import { urlFunctions } from './functions/url.js';

const scalarFunctions: readonly ScalarFunction[] = [
  ...arithmeticWithDatetimes,
  ...comparisonFunctions,
  ...conditionalFunctions,
  ...bitwiseFunctions,
  ...bitmapFunctions,
  ...encryptionFunctions,
  ...hashFunctions,
  ...mapSort,
  ...mathFunctions,
  ...stringFunctions,
  ...stringSearchFunctions,
  ...arrayFunctions,
  ...lambdaFunctions,
  ...mapAndStructFunctions,
  ...datetimeArithmeticFunctions,
  ...datetimeConversionFunctions,
  ...datetimeFieldFunctions,
  ...miscFunctions,
  ...stringFormatFunctions,
  ...charVarcharFunctions,
  ...urlFunctions,
  ...csvFunctions,
  ...jsonFunctions,
  ...sequenceFunctions,
  ...nullCountFunctions,
];

const aggregateFunctions: readonly AggregateFunctionDef[] = [
  ...basicAggregates,
  ...statisticalAggregates,
  ...collectingAggregates,
  ...sketchAggregates,
  countMinSketch,
  ...bitmapAggregates,
  ...pivotAggregates,
];

const scalars = index([...scalarFunctions, ...legacyVariants(scalarFunctions), ...unsupportedFunctions]);
const aggregates = index(aggregateFunctions);

function index<F extends { readonly name: string; readonly aliases?: readonly string[] }>(
  functions: readonly F[],
): ReadonlyMap<string, F> {
  const map = new Map<string, F>();
  for (const f of functions) {
    map.set(f.name, f);
    for (const alias of f.aliases ?? []) map.set(alias, f);
  }
  return map;
}

/** A scalar function or operator by name or alias, any case. */
export function lookupScalar(name: string): ScalarFunction | undefined {
  return scalars.get(name) ?? scalars.get(name.toLowerCase());
}

/** An aggregate function by name or alias, any case. */
export function lookupAggregate(name: string): AggregateFunctionDef | undefined {
  return aggregates.get(name) ?? aggregates.get(name.toLowerCase());
}

const CAST_FUNCTIONS: Readonly<Record<string, DataType>> = {
  boolean: BOOLEAN,
  tinyint: BYTE,
  smallint: SHORT,
  int: INT,
  bigint: LONG,
  float: FLOAT,
  double: DOUBLE,
  decimal: new DecimalType(10, 0),
  date: DATE,
  timestamp: TIMESTAMP,
  binary: BINARY,
  string: STRING,
};
/** The type that a function such as `int(x)` casts to. Spark: `FunctionRegistry.castAlias`. */
export function castFunctionType(name: string): DataType | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(CAST_FUNCTIONS, key) ? CAST_FUNCTIONS[key] : undefined;
}

/** Names that stand for syntax (operators over datetimes, LIKE ALL, field access, EXTRACT) and that no SQL call may use. */
export const INTERNAL_FUNCTIONS: ReadonlySet<string> = new Set(
  `atleastnnonnulls chartypewritesidecheck readsidepadding varchartypewritesidecheck dateaddinterval dateaddyminterval divide_interval dividedtinterval divideyminterval
  extractansiintervaldays extractintervaldays extractintervalhours extractintervalminutes extractintervalmonths
  extractintervalseconds extractintervalyears getarrayitem getarraystructfields getmapvalue getstructfield gettimestamp
  gettimestampntz knownnullable likeall likeany multiply_interval multiplydtinterval multiplyyminterval notlikeall notlikeany product
  secondwithfraction stringdecode subtractdates subtracttimestamps timeadd timestampaddyminterval yearofweek`.split(
    /\s+/,
  ),
);

/** Every function once, in registry order; those that are only known to be refused are left out. */
export function allFunctions(): readonly (ScalarFunction | AggregateFunctionDef)[] {
  return [...scalarFunctions, ...aggregateFunctions].filter((f) => !f.name.includes('@'));
}
