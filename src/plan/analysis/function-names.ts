/** Names that Spark registers with `setAlias`: the call shows the name that the user wrote. */
export const SHOWN_ALIASES: ReadonlySet<string> = new Set(
  `ifnull mod negative pow sign ceiling try_avg try_sum try_to_timestamp first_value last_value mean
  approx_percentile std stddev variance string_agg every any some char char_length character_length lcase len
  position printf regexp_like regexp substr ucase to_timestamp_ntz to_timestamp_ltz
  make_timestamp_ntz make_timestamp_ltz try_make_timestamp_ntz try_make_timestamp_ltz date_diff day date_part
  datepart cardinality reduce sha current_schema user session_user java_method getbit << >> >>>`.split(/\s+/),
);

/** Pretty names by Spark class where they are not the SQL name. */
export const PRETTY_NAMES: Readonly<Record<string, string>> = {
  Acos: 'ACOS',
  Acosh: 'ACOSH',
  Asin: 'ASIN',
  Asinh: 'ASINH',
  Atan: 'ATAN',
  Atan2: 'ATAN2',
  Atanh: 'ATANH',
  Cbrt: 'CBRT',
  Ceil: 'CEIL',
  Cos: 'COS',
  Cosh: 'COSH',
  Cot: 'COT',
  Csc: 'CSC',
  EulerNumber: 'E',
  Exp: 'EXP',
  Expm1: 'EXPM1',
  Floor: 'FLOOR',
  Hypot: 'HYPOT',
  Log: 'ln',
  Log10: 'LOG10',
  Log1p: 'LOG1P',
  Log2: 'LOG2',
  Logarithm: 'LOG',
  Pi: 'PI',
  Pow: 'POWER',
  Rint: 'rint',
  Sec: 'SEC',
  Signum: 'SIGNUM',
  Sin: 'SIN',
  Sinh: 'SINH',
  SparkPartitionID: 'SPARK_PARTITION_ID',
  Sqrt: 'SQRT',
  Tan: 'TAN',
  Tanh: 'TANH',
  ToDegrees: 'DEGREES',
  ToRadians: 'RADIANS',
};

/** Types that are functions too: `bigint(x)`. */
export const CAST_FUNCTIONS: readonly string[] = [
  'boolean',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'float',
  'double',
  'decimal',
  'date',
  'timestamp',
  'binary',
  'string',
];
