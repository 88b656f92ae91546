import { unsupported } from '../../errors/index.js';
import { NULL } from '../../types/index.js';
import type { ScalarFunction } from '../function.js';

/** Functions of Spark that are known by name and refused with UNSUPPORTED_FEATURE, so that a query never reads as misspelt. */
const NAMES = `hll_sketch_estimate hll_union hll_sketch_agg hll_union_agg
  collate collation java_method reflect try_reflect parse_json try_parse_json is_variant_null schema_of_variant
  schema_of_variant_agg to_variant_object variant_get try_variant_get from_xml schema_of_xml to_xml xpath xpath_boolean
  xpath_double xpath_float xpath_int xpath_long xpath_number xpath_short xpath_string from_avro to_avro schema_of_avro
  from_protobuf to_protobuf`.split(/\s+/);

export const unsupportedFunctions: readonly ScalarFunction[] = NAMES.map((name) => ({
  name,
  sparkClass: name,
  arity: [0, Number.POSITIVE_INFINITY],
  coerce: () => {
    throw unsupported(`function ${name}`);
  },
  returnType: () => NULL,
  evaluate: () => {
    throw unsupported(`function ${name}`);
  },
}));
