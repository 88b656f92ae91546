/** Spark's error conditions that memoframe raises: name, SQLSTATE, parameters (the holes of `message`). Names, parameters
 * and states are Spark 4.0.1's, verbatim; the sentences are ours. Add a row here before raising a new condition;
 * keep it sorted. Sub-conditions are written with a dot, as Spark prints them. */
export const conditions = {
  AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION: {
    sqlState: '42845',
    message: 'The aggregate <sqlExpr> holds a non-deterministic expression.',
  },
  ALL_PARAMETERS_MUST_BE_NAMED: { sqlState: '07001', message: 'Name all parameters, or none: <exprs> have no names.' },
  ALL_PARTITION_COLUMNS_NOT_ALLOWED: { sqlState: 'KD005', message: 'Not all columns can be partition columns.' },
  AMBIGUOUS_ALIAS_IN_NESTED_CTE: {
    sqlState: '42KD0',
    message:
      'The CTE name <name> hides one of an outer WITH. Set <config> to "CORRECTED" so that the inner one is meant, or to "LEGACY" for the outer one. See <docroot>/sql-migration-guide.html#query-engine.',
  },
  AMBIGUOUS_COLUMN_REFERENCE: {
    sqlState: '42702',
    message:
      'The column <name> is ambiguous: several DataFrames joined here have it. Give the DataFrames aliases with `DataFrame.alias` and qualify the column, e.g. `df.alias("a").join(df.alias("b"), col("a.id") > col("b.id"))`.',
  },
  AMBIGUOUS_LATERAL_COLUMN_ALIAS: {
    sqlState: '42702',
    message: 'The lateral column alias <name> is ambiguous: it has <n> matches.',
  },
  AMBIGUOUS_REFERENCE: {
    sqlState: '42704',
    message: 'The reference <name> is ambiguous; it could be <referenceNames>.',
  },
  AMBIGUOUS_REFERENCE_TO_FIELDS: {
    sqlState: '42000',
    message: 'The reference to the field <field> is ambiguous: it appears <count> times in the schema.',
  },
  ARITHMETIC_OVERFLOW: {
    sqlState: '22003',
    message: '<message>.<alternative> If needed set <config> to "false" to bypass this error.',
  },
  ASSIGNMENT_ARITY_MISMATCH: {
    sqlState: '42802',
    message: 'The number of values (<numExpr>) does not match the number of targets (<numTarget>).',
  },
  ASYNC_CALL_TIMEOUT: {
    sqlState: 'HYT00',
    message: 'The asynchronous call did not end within <timeoutMs> ms.',
  },
  BINARY_ARITHMETIC_OVERFLOW: {
    sqlState: '22003',
    message: 'Overflow in <value1> <symbol> <value2>. Use <functionName> to get NULL instead.',
  },
  /** Ours: a stored block that does not read back; the cache computes it again. */
  BLOCK_DAMAGED: { sqlState: '58030', message: 'The stored block <path> is damaged.' },
  CALL_ON_STREAMING_DATASET_UNSUPPORTED: {
    sqlState: '42KDE',
    message: 'The method <methodName> is not for streaming DataFrames.',
  },
  CANNOT_ACCEPT_OBJECT_IN_TYPE: {
    sqlState: '42K09',
    message: '<data_type> can not accept object <obj_name> in type <obj_type>.',
  },
  CANNOT_DECODE_URL: { sqlState: '22546', message: 'The URL <url> cannot be decoded.' },
  CANNOT_INFER_EMPTY_SCHEMA: {
    sqlState: '42000',
    message: 'Cannot infer a schema from no rows; give one.',
  },
  CANNOT_INFER_SCHEMA_FOR_TYPE: {
    sqlState: '42K09',
    message:
      'Can not infer schema for type: <data_type>. Rows are arrays or objects; give values a type, as in createDataFrame([1, 2], "INT").',
  },
  CANNOT_MERGE_SCHEMAS: {
    sqlState: '42KD9',
    message:
      'Failed merging schemas:\nInitial schema:\n<left>\nSchema that cannot be merged with the initial schema:\n<right>.',
  },
  CANNOT_MERGE_TYPE: {
    sqlState: '42825',
    message: 'Cannot find one type for <left> and <right>.',
  },
  CANNOT_MODIFY_CONFIG: {
    sqlState: '46110',
    message: 'Cannot modify the value of the configuration <key> after start. See <docroot>.',
  },
  CANNOT_PARSE_INTERVAL: { sqlState: '22006', message: 'Cannot read <intervalString> as an interval.' },
  CANNOT_PARSE_TIMESTAMP: { sqlState: '22007', message: '<message>. Use <func> to get NULL instead.' },
  CANNOT_RESOLVE_DATAFRAME_COLUMN: {
    sqlState: '42704',
    message: 'The DataFrame column <name> cannot be resolved: it belongs to a DataFrame that is not part of this one.',
  },
  CANNOT_RESOLVE_STAR_EXPAND: {
    sqlState: '42704',
    message:
      'Cannot expand <targetString>.* from the input columns <columns>. Check that the table or struct exists and is spelt right.',
  },
  CANNOT_UP_CAST_DATATYPE: {
    sqlState: '42846',
    message: 'Cannot cast <expression> from <sourceType> to <targetType> without loss. <details>',
  },
  CAST_INVALID_INPUT: {
    sqlState: '22018',
    message:
      'The value <expression> of type <sourceType> cannot be cast to <targetType> because it is malformed. Use `try_cast` to get NULL instead.',
  },
  CAST_OVERFLOW: {
    sqlState: '22003',
    message:
      'The value <value> of type <sourceType> cannot be cast to <targetType> due to an overflow. Use `try_cast` to get NULL instead.',
  },
  CAST_OVERFLOW_IN_TABLE_INSERT: {
    sqlState: '22003',
    message:
      'A value of type <sourceType> does not fit the column <columnName> of type <targetType>. Use `try_cast` on the input to insert NULL instead.',
  },
  'CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION': {
    sqlState: '56038',
    message: 'The codec <codecName> is not available. Available codecs are <availableCodecs>.',
  },
  'COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION': {
    sqlState: '54000',
    message: '<functionName> would make an array of <numberOfElements> elements, more than <maxRoundedArrayLength>.',
  },
  'COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER': {
    sqlState: '54000',
    message:
      '<functionName> would make an array of <numberOfElements> elements, more than <maxRoundedArrayLength>: parameter <parameter>.',
  },
  'COLLATION_MISMATCH.EXPLICIT': {
    sqlState: '42P21',
    message: 'A comparison under two collations: <explicitTypes>. Give both sides the same one.',
  },
  COLUMN_ALIASES_NOT_ALLOWED: { sqlState: '42601', message: 'Column aliases are not allowed in <op>.' },
  COLUMN_ALREADY_EXISTS: {
    sqlState: '42711',
    message: 'The column <columnName> already exists. Choose another name or rename the existing column.',
  },
  COLUMN_NOT_DEFINED_IN_TABLE: {
    sqlState: '42703',
    message: 'The <colType> column <colName> is not in <tableName>; its columns are <tableCols>.',
  },
  COLUMN_NOT_FOUND: {
    sqlState: '42703',
    message: 'There is no column <colName>; whether case counts is up to <caseSensitiveConfig>.',
  },
  COMPARATOR_RETURNS_NULL: {
    sqlState: '22004',
    message:
      'The comparator gave NULL for <firstValue> and <secondValue>; it must give a number that is negative, 0 or positive.',
  },
  CONCURRENT_STREAM_LOG_UPDATE: {
    sqlState: '40000',
    message:
      'Another query wrote batch <batchId> to the log of this checkpoint. Let one query at a time use a checkpoint location.',
  },
  CONFLICTING_DIRECTORY_STRUCTURES: {
    sqlState: 'KD009',
    message:
      'Conflicting directory structures detected.\nSuspicious paths:<discoveredBasePaths>\nIf the paths are partition directories, set the option `basePath` to the root directory of the table. If there are several root directories, load them separately and union them.',
  },
  CONFLICTING_PARTITION_COLUMN_NAMES: {
    sqlState: 'KD009',
    message:
      'Conflicting partition column names detected:\n<distinctPartColLists>\nData files should only live in leaf directories of a partitioned table, and directories at the same level should have the same partition column name. Check these directories for unexpected files or inconsistent partition column names:\n<suspiciousPaths>',
  },
  CONVERSION_INVALID_INPUT: {
    sqlState: '22018',
    message: 'The value <str> (<fmt>) is not a <targetType>. Use <suggestion> to get NULL instead.',
  },
  CREATE_PERMANENT_VIEW_WITHOUT_ALIAS: {
    sqlState: '0A000',
    message: 'The persistent view <name> cannot be made: the column <attr> needs an alias.',
  },
  'CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS': {
    sqlState: '21S01',
    message:
      'Cannot create the view <viewName>: the query has too few columns. View columns: <viewColumns>. Data columns: <dataColumns>.',
  },
  'CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS': {
    sqlState: '21S01',
    message:
      'Cannot create the view <viewName>: the query has too many columns. View columns: <viewColumns>. Data columns: <dataColumns>.',
  },
  CYCLIC_FUNCTION_REFERENCE: { sqlState: '42887', message: 'The function refers to itself: <path>.' },
  'DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: <functionName> needs <dataType> and a value of its element type, not [<leftType>, <rightType>].',
  },
  'DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: <functionName> needs two <arrayType> of one element type, not [<leftType>, <rightType>].',
  },
  'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: its sides have the types <left> and <right>.',
  },
  'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: it needs <inputType>, not <actualDataType>.',
  },
  'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <srcType> cannot be cast to <targetType>.',
  },
  'DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: <srcType> cannot be cast to <targetType> in ANSI mode; set <config> to <configVal> to allow it.',
  },
  'DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <srcType> cannot be cast to <targetType>; use <functionNames>.',
  },
  'DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: the keys of <functionName> have the types <dataType>.',
  },
  'DATATYPE_MISMATCH.CREATE_MAP_VALUE_DIFF_TYPES': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: the values of <functionName> have the types <dataType>.',
  },
  'DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: field names must be constant strings, not <inputExprs>.',
  },
  'DATATYPE_MISMATCH.DATA_DIFF_TYPES': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: the inputs of <functionName> must have one type, but have <dataType>.',
  },
  'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: the condition <filter> is <type>, not boolean.',
  },
  'DATATYPE_MISMATCH.HASH_MAP_TYPE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <functionName> cannot hash maps.',
  },
  'DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <exprName> has more than one character.',
  },
  'DATATYPE_MISMATCH.INVALID_ARG_VALUE': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: <inputName> must be a <requireType> literal of <validValues>, but is <inputValue>.',
  },
  'DATATYPE_MISMATCH.INVALID_JSON_SCHEMA': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <schema> must be a struct, an array or a map.',
  },
  'DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: the key of a map cannot be or hold <keyType>.',
  },
  'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <functionName> cannot order <dataType>.',
  },
  'DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: the sides of IN have different types: [<leftType>] and [<rightType>]; mismatched: [<mismatchedColumns>].',
  },
  'DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: the left side of IN has <leftLength> columns [<leftColumns>], the right side <rightLength> [<rightColumns>].',
  },
  'DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <functionName> needs maps, not <dataType>.',
  },
  'DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: <functionName> needs <dataType> and a key of its key type, not [<leftType>, <rightType>].',
  },
  'DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: the keys of both maps of <functionName> are of one type, not [<leftType>, <rightType>].',
  },
  'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <inputName> must be a constant <inputType>, not <inputExpr>.',
  },
  'DATATYPE_MISMATCH.NON_STRING_TYPE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: all arguments of <funcName> must be strings.',
  },
  'DATATYPE_MISMATCH.NULL_TYPE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <functionName> takes no NULL-typed arguments.',
  },
  'DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: a RANGE frame over <orderSpecType> cannot have edges of <valueBoundaryType>.',
  },
  'DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: a RANGE frame with bounds takes one order key only: <orderSpec>.',
  },
  'DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: a RANGE frame with bounds needs ORDER BY.',
  },
  'DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: <functionName> needs start and stop of one type (<startType>, step <stepType>; else <otherStartType>).',
  },
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_DIFF_TYPES': {
    sqlState: '42K09',
    message:
      "Cannot resolve <sqlExpr>: the frame's edges <lower> and <upper> have the types <lowerType> and <upperType>.",
  },
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <upper> does not come after <lower>.',
  },
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: the <location> edge is <exprType>, not <expectedType>.',
  },
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: the <location> edge <expression> is not constant.',
  },
  'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: the lower edge of a window frame must be <comparison> to the upper one.',
  },
  'DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: the values of column <columnIndex> differ in type: <leftParamIndex> is <leftType>, <rightParamIndex> is <rightType>.',
  },
  'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: parameter <paramIndex> needs <requiredType>, but <inputSql> is <inputType>.',
  },
  'DATATYPE_MISMATCH.UNEXPECTED_NULL': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <exprName> must not be null.',
  },
  'DATATYPE_MISMATCH.UNEXPECTED_RETURN_TYPE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <functionName> must give <expectedType>, not <actualType>.',
  },
  'DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION': {
    sqlState: '42K09',
    message:
      'Cannot resolve <sqlExpr>: <leftExprName> (<leftExprValue>) must be <constraint> <rightExprName> (<rightExprValue>).',
  },
  'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE': {
    sqlState: '42K09',
    message: 'Cannot resolve <sqlExpr>: <exprName> must be between <valueRange>, but is <currentValue>.',
  },
  DATATYPE_MISSING_SIZE: { sqlState: '42K01', message: 'The data type <type> needs a length, for example <type>(10).' },
  DATA_SOURCE_NOT_FOUND: {
    sqlState: '42K02',
    message: 'The data source <provider> is not known. Known: parquet, csv, json, text.',
  },
  DATETIME_FIELD_OUT_OF_BOUNDS: {
    sqlState: '22023',
    message: '<rangeMessage>. Set <ansiConfig> to "false" to get NULL instead.',
  },
  DATETIME_OVERFLOW: { sqlState: '22008', message: 'Datetime overflow: <operation>.' },
  DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION: {
    sqlState: '22003',
    message: 'The decimal precision <precision> is above the maximum <maxPrecision>.',
  },
  DEFAULT_PLACEMENT_INVALID: {
    sqlState: '42608',
    message: 'DEFAULT stands alone, in a VALUES list or directly in SELECT; it cannot be part of an expression.',
  },
  DESCRIBE_JSON_NOT_EXTENDED: { sqlState: '0A000', message: 'DESCRIBE TABLE <tableName> … AS JSON needs EXTENDED.' },
  DISTINCT_WINDOW_FUNCTION_UNSUPPORTED: {
    sqlState: '0A000',
    message: 'DISTINCT in a window function is not supported: <windowExpr>.',
  },
  DIVIDE_BY_ZERO: {
    sqlState: '22012',
    message: 'Division by zero. Use `try_divide` to get NULL instead. See <config>.',
  },
  DUPLICATED_CTE_NAMES: { sqlState: '42602', message: 'Common table expressions share the names <duplicateNames>.' },
  DUPLICATED_MAP_KEY: {
    sqlState: '23505',
    message: 'Duplicate map key <key>. Set <mapKeyDedupPolicy> to "LAST_WIN" to keep the last entry of each key.',
  },
  DUPLICATE_ASSIGNMENTS: { sqlState: '42701', message: 'The targets <nameList> are assigned more than once.' },
  DUPLICATE_CLAUSES: { sqlState: '42614', message: 'The clause <clauseName> is written more than once.' },
  DUPLICATE_KEY: { sqlState: '23505', message: 'The key <keyColumn> is written more than once.' },
  'DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED': {
    sqlState: '4274K',
    message: 'Call of <routineName>: the parameter <parameterName> is given by position and by name.',
  },
  'DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE': {
    sqlState: '4274K',
    message: 'Call of <routineName>: the parameter <parameterName> is given by name more than once.',
  },
  DUPLICATE_ROUTINE_PARAMETER_NAMES: {
    sqlState: '42734',
    message: 'The routine <routineName> has parameters of one name: <names>.',
  },
  DUPLICATE_ROUTINE_RETURNS_COLUMNS: {
    sqlState: '42711',
    message: 'The routine <routineName> returns columns of one name: <columns>.',
  },
  EXCEED_LIMIT_LENGTH: {
    sqlState: '54006',
    message: 'The value is longer than the limit of <limit> characters of its char or varchar column.',
  },
  EXCEPT_NESTED_COLUMN_INVALID_TYPE: {
    sqlState: '428H2',
    message: 'EXCEPT can leave out fields of structs only; <columnName> is <dataType>.',
  },
  EXCEPT_OVERLAPPING_COLUMNS: {
    sqlState: '42702',
    message: 'The columns of an EXCEPT list must not overlap: (<columns>).',
  },
  EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES: {
    sqlState: '42701',
    message: 'The USING list gives the names <aliases> more than once.',
  },
  EXPECT_PERMANENT_VIEW_NOT_TEMP: {
    sqlState: '42809',
    message: '<operation> is for permanent views, and <viewName> is a temporary one.',
  },
  'EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE': {
    sqlState: '42809',
    message: 'The operation <operation> expects a table, but <viewName> is a view.',
  },
  'EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW': {
    sqlState: '42809',
    message: '<operation> is for tables, and <viewName> is a view. Use ALTER VIEW.',
  },
  'EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE': {
    sqlState: '42809',
    message: 'The operation <operation> expects a view, but <tableName> is a table.',
  },
  'EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE': {
    sqlState: '42809',
    message: '<tableName> is a table, which <operation> is not for. Use ALTER TABLE.',
  },
  EXPRESSION_TYPE_IS_NOT_ORDERABLE: {
    sqlState: '42822',
    message: '<exprType> cannot be ordered (<expr>).',
  },
  FAILED_FUNCTION_CALL: { sqlState: '38000', message: 'Preparing the call of <funcName> failed; check its arguments.' },
  'FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER': {
    sqlState: 'KD001',
    message:
      'Encountered error while reading file <path>. Could not read the footer. Make sure that the file is a valid Parquet file and not corrupt.',
  },
  'FAILED_READ_FILE.FILE_NOT_EXIST': {
    sqlState: 'KD001',
    message:
      'Encountered error while reading file <path>. File does not exist; it may have been replaced or deleted since it was listed. Read the path again or refresh the table.',
  },
  'FAILED_READ_FILE.NO_HINT': {
    sqlState: 'KD001',
    message: 'Encountered error while reading file <path>.',
  },
  'FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH': {
    sqlState: 'KD001',
    message:
      'Encountered error while reading file <path>. Data type mismatches when reading Parquet column <column>. Expected Spark type <expectedType>, actual Parquet type <actualType>.',
  },
  'FAILED_READ_FILE.UNSUPPORTED_FILE_SYSTEM': {
    sqlState: 'KD001',
    message: 'Cannot read <path>: the file system <fileSystemClass> does not implement <method>.',
  },
  FAILED_TO_PARSE_TOO_COMPLEX: { sqlState: '54001', message: 'The statement is too deeply nested to be parsed.' },
  FEATURE_NOT_ENABLED: {
    sqlState: '56038',
    message: 'The feature <featureName> is not enabled. Set <configKey> to <configValue> to enable it.',
  },
  FIELD_DATA_TYPE_UNACCEPTABLE_WITH_NAME: {
    sqlState: '42000',
    message: 'The value <obj> of JavaScript type <obj_type> is not acceptable as <data_type> in <field_name>.',
  },
  FIELD_NOT_FOUND: {
    sqlState: '42704',
    message: 'No struct field <fieldName> among <fields>.',
  },
  FORBIDDEN_OPERATION: { sqlState: '42809', message: '<statement> is not allowed on the <objectType> <objectName>.' },
  FOREACH_BATCH_USER_FUNCTION_ERROR: {
    sqlState: '39000',
    message: 'The function given to foreachBatch failed. Reason: <reason>',
  },
  GROUPING_COLUMN_MISMATCH: {
    sqlState: '42803',
    message: 'The column of GROUPING (<grouping>) is not among the grouping columns <groupingColumns>.',
  },
  GROUPING_ID_COLUMN_MISMATCH: {
    sqlState: '42803',
    message: 'The columns of GROUPING_ID (<groupingIdColumn>) are not the grouping columns (<groupByColumns>).',
  },
  GROUPING_SIZE_LIMIT_EXCEEDED: {
    sqlState: '54000',
    message: 'No more than <maxSize> grouping expressions.',
  },
  GROUP_BY_AGGREGATE: {
    sqlState: '42903',
    message: 'Aggregate functions do not belong in GROUP BY: <sqlExpr>.',
  },
  GROUP_BY_POS_AGGREGATE: {
    sqlState: '42903',
    message:
      'GROUP BY <index> refers to <aggExpr>, which holds an aggregate function; those do not belong in GROUP BY.',
  },
  GROUP_BY_POS_OUT_OF_RANGE: {
    sqlState: '42805',
    message: 'GROUP BY position <index> is not in the select list (1 to <size>).',
  },
  IDENTIFIER_TOO_MANY_NAME_PARTS: { sqlState: '42601', message: 'The name <identifier> has too many parts.' },
  ILLEGAL_DAY_OF_WEEK: { sqlState: '22009', message: 'Illegal day of week: <string>.' },
  INCOMPARABLE_PIVOT_COLUMN: {
    sqlState: '42818',
    message: 'The pivot column <columnName> has a type that cannot be compared.',
  },
  INCOMPATIBLE_COLUMN_TYPE: {
    sqlState: '42825',
    message:
      '<operator> needs compatible columns: the <columnOrdinalNumber> column of the <tableOrdinalNumber> table is <dataType1>, not <dataType2>.<hint>',
  },
  'INCOMPATIBLE_DATA_FOR_TABLE.AMBIGUOUS_COLUMN_NAME': {
    sqlState: 'KD000',
    message: 'Cannot write to <tableName>: the column <colName> is ambiguous in the data.',
  },
  'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA': {
    sqlState: 'KD000',
    message: 'Cannot write to <tableName>: no data for the column <colName>.',
  },
  'INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST': {
    sqlState: 'KD000',
    message: 'Cannot write to <tableName>: <colName> cannot be cast safely from <srcType> to <targetType>.',
  },
  'INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS': {
    sqlState: 'KD000',
    message: 'Cannot write to <tableName>: the data has the extra columns <extraColumns>.',
  },
  'INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_STRUCT_FIELDS': {
    sqlState: 'KD000',
    message: 'Cannot write to <tableName>: the struct <colName> has the extra fields <extraFields>.',
  },
  'INCOMPATIBLE_DATA_FOR_TABLE.STRUCT_MISSING_FIELDS': {
    sqlState: 'KD000',
    message: 'Cannot write to <tableName>: the struct <colName> lacks the fields <missingFields>.',
  },
  INCOMPATIBLE_JOIN_TYPES: {
    sqlState: '42613',
    message: 'The join types <joinType1> and <joinType2> cannot be combined.',
  },
  INCOMPATIBLE_VIEW_SCHEMA_CHANGE: {
    sqlState: '51024',
    message:
      'The view <viewName> no longer fits its schema: for <colName>, <expectedNum> column(s) were expected, and the columns are <actualCols>. <suggestion>',
  },
  'INCOMPLETE_TYPE_DEFINITION.ARRAY': {
    sqlState: '42K01',
    message: 'Incomplete type: ARRAY needs an element type, for example ARRAY<elementType>.',
  },
  'INCOMPLETE_TYPE_DEFINITION.MAP': {
    sqlState: '42K01',
    message: 'Incomplete type: MAP needs a key and a value type.',
  },
  'INCOMPLETE_TYPE_DEFINITION.STRUCT': { sqlState: '42K01', message: 'Incomplete type: STRUCT needs its fields.' },
  'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION': {
    sqlState: '42K0B',
    message: 'The pattern <pattern> is not one of DateTimeFormatter (<config>, <docroot>).',
  },
  'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN': {
    sqlState: '42K0B',
    message: 'Week-based pattern letters such as <c> are not supported; use EXTRACT.',
  },
  'INCONSISTENT_BEHAVIOR_CROSS_VERSION.PARSE_DATETIME_BY_NEW_PARSER': {
    sqlState: '42K0B',
    message: 'Only the old patterns read <datetime>; set <config> to LEGACY or CORRECTED.',
  },
  /** Ours: `collect({ values: 'js' })` would lose something. */
  INEXACT_VALUE: {
    sqlState: '22003',
    message:
      'The value <value> of type <sourceType> does not fit a JavaScript <target> without loss; collect exact values instead.',
  },
  'INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS': {
    sqlState: '21S01',
    message:
      'Cannot write to <tableName>: the data has too few columns. Table columns: <tableColumns>. Data columns: <dataColumns>.',
  },
  'INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS': {
    sqlState: '21S01',
    message:
      'Cannot write to <tableName>: the data has too many columns. Table columns: <tableColumns>. Data columns: <dataColumns>.',
  },
  INSERT_PARTITION_COLUMN_ARITY_MISMATCH: {
    sqlState: '21S01',
    message:
      'Cannot write to <tableName>: the data has another number of columns. Table columns: <tableColumns>. Partition columns with values: <staticPartCols>. Data columns: <dataColumns>.',
  },
  INTERNAL_ERROR: { sqlState: 'XX000', message: '<message>' },
  'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION': {
    sqlState: '22015',
    message: 'Integer overflow in interval arithmetic; choose smaller interval values.',
  },
  'INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION': {
    sqlState: '22015',
    message: 'Integer overflow in interval arithmetic. Use <functionName> to get NULL instead.',
  },
  INTERVAL_DIVIDED_BY_ZERO: {
    sqlState: '22012',
    message: 'Interval divided by zero. Use `try_divide` to get NULL instead.',
  },
  'INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE': {
    sqlState: '42903',
    message: 'FILTER <filterExpr> must not hold an aggregate function: <aggExpr>.',
  },
  'INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION': {
    sqlState: '42903',
    message: 'FILTER <filterExpr> must not hold a window function: <windowExpr>.',
  },
  'INVALID_AGGREGATE_FILTER.NON_DETERMINISTIC': {
    sqlState: '42903',
    message: 'FILTER <filterExpr> must be deterministic.',
  },
  'INVALID_AGGREGATE_FILTER.NOT_BOOLEAN': {
    sqlState: '42903',
    message: 'FILTER <filterExpr> must be boolean.',
  },
  INVALID_ARRAY_INDEX: {
    sqlState: '22003',
    message: 'Index <indexValue> is outside an array of <arraySize> elements. Use `get()` to get NULL instead.',
  },
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: {
    sqlState: '22003',
    message:
      'Index <indexValue> is outside an array of <arraySize> elements. Use `try_element_at` to get NULL instead.',
  },
  INVALID_ASYNC_WINDOW: {
    sqlState: '22023',
    message: '<functionName> needs a whole number of calls above 0, got <value>.',
  },
  INVALID_ATTRIBUTE_NAME_SYNTAX: {
    sqlState: '42601',
    message:
      'Syntax error in the attribute name: <name>. Check that back-ticks come in pairs and stand around a whole part.',
  },
  INVALID_BOOLEAN_STATEMENT: {
    sqlState: '22546',
    message: 'Boolean statement is expected in the condition, but <invalidStatement> was found.',
  },
  INVALID_CACHE_OPTION: {
    sqlState: '22023',
    message: "The cache option '<option>' cannot be <value>; expected <expected>.",
  },
  'INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS': {
    sqlState: '22022',
    message: 'The value <confValue> of the configuration <confName> should be one of <confOptions>.',
  },
  'INVALID_CONF_VALUE.TIME_ZONE': {
    sqlState: '22022',
    message: 'The value <confValue> of the configuration <confName> is not a time zone.',
  },
  'INVALID_CONF_VALUE.TYPE_MISMATCH': {
    sqlState: '22022',
    message: 'The value <confValue> of the configuration <confName> should be of type <confType>.',
  },
  'INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER': {
    sqlState: '22007',
    message: 'The datetime pattern <pattern> holds the illegal character <c>.',
  },
  'INVALID_DATETIME_PATTERN.LENGTH': {
    sqlState: '22007',
    message: 'Too many letters in the datetime pattern <pattern>.',
  },
  'INVALID_DEFAULT_VALUE.DATA_TYPE': {
    sqlState: '42623',
    message: '<statement>: the default <defaultValue> of <colName> is <actualType>, not <expectedType>.',
  },
  'INVALID_DEFAULT_VALUE.NON_DETERMINISTIC': {
    sqlState: '42623',
    message: '<statement>: the default <defaultValue> of <colName> is not deterministic.',
  },
  'INVALID_DEFAULT_VALUE.NOT_CONSTANT': {
    sqlState: '42623',
    message: '<statement>: the default <defaultValue> of <colName> is not constant.',
  },
  'INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION': {
    sqlState: '42623',
    message: '<statement>: the default <defaultValue> of <colName> holds a subquery.',
  },
  'INVALID_DEFAULT_VALUE.UNRESOLVED_EXPRESSION': {
    sqlState: '42623',
    message: '<statement>: the default <defaultValue> of <colName> cannot be resolved.',
  },
  'INVALID_DELIMITER_VALUE.EMPTY_STRING': {
    sqlState: '42602',
    message: 'Invalid value for delimiter. Delimiter cannot be empty string.',
  },
  'INVALID_DELIMITER_VALUE.SINGLE_BACKSLASH': {
    sqlState: '42602',
    message:
      'Invalid value for delimiter. Single backslash is prohibited. It has special meaning as beginning of an escape sequence. To get the backslash character, pass a string with two backslashes as the delimiter.',
  },
  'INVALID_DELIMITER_VALUE.UNSUPPORTED_SPECIAL_CHARACTER': {
    sqlState: '42602',
    message: 'Invalid value for delimiter. Unsupported special character for delimiter: <str>.',
  },
  INVALID_DRIVER_MEMORY: {
    sqlState: 'F0000',
    message:
      'System memory <systemMemory> must be at least <minSystemMemory>. Raise it with the --driver-memory option or "<config>" in the configuration.',
  },
  INVALID_EMPTY_LOCATION: { sqlState: '42K05', message: "The location must not be empty: '<location>'." },
  INVALID_ESC: { sqlState: '42604', message: 'Invalid escape <invalidEscape>: it must be one character.' },
  INVALID_EXECUTOR_MEMORY: {
    sqlState: 'F0000',
    message:
      'Executor memory <executorMemory> must be at least <minSystemMemory>. Raise it with the --executor-memory option or "<config>" in the configuration.',
  },
  INVALID_EXTRACT_BASE_FIELD_TYPE: {
    sqlState: '42000',
    message: 'Cannot extract a value from <base>: it must be a struct, map or array, not <other>.',
  },
  INVALID_EXTRACT_FIELD: { sqlState: '42601', message: 'Cannot extract <field> from <expr>.' },
  INVALID_EXTRACT_FIELD_TYPE: {
    sqlState: '42000',
    message: 'A field name must be a constant string that is not null, not <extraction>.',
  },
  'INVALID_FORMAT.CONT_THOUSANDS_SEPS': {
    sqlState: '42601',
    message: 'Thousands separators need digits on both sides in the number format <format>.',
  },
  'INVALID_FORMAT.EMPTY': { sqlState: '42601', message: 'The number format is empty (<format>).' },
  'INVALID_FORMAT.ESC_AT_THE_END': {
    sqlState: '42601',
    message: 'The pattern <format> ends with its escape character.',
  },
  'INVALID_FORMAT.ESC_IN_THE_MIDDLE': {
    sqlState: '42601',
    message: 'The pattern <format> escapes <char>, which needs no escape.',
  },
  'INVALID_FORMAT.MISMATCH_INPUT': {
    sqlState: '42601',
    message: 'The input <inputType> <input> does not match the format <format>.',
  },
  'INVALID_FORMAT.THOUSANDS_SEPS_MUST_BEFORE_DEC': {
    sqlState: '42601',
    message: 'Thousands separators stand before the decimal point in the number format <format>.',
  },
  'INVALID_FORMAT.UNEXPECTED_TOKEN': {
    sqlState: '42601',
    message: 'Unexpected <token> in the number format <format>.',
  },
  'INVALID_FORMAT.WRONG_NUM_DIGIT': { sqlState: '42601', message: 'The number format <format> has no digit.' },
  INVALID_FRACTION_OF_SECOND: {
    sqlState: '22023',
    message: 'Seconds go from 0 to 60, but <secAndMicros> was given. Use `try_make_timestamp` to get NULL instead.',
  },
  INVALID_IDENTIFIER: { sqlState: '42602', message: 'The name <ident> must be written in back-ticks: `<ident>`.' },
  INVALID_INDEX_OF_ZERO: {
    sqlState: '22003',
    message: 'Index 0 is invalid: the first element has index 1, the last one -1.',
  },
  'INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE': {
    sqlState: '42000',
    message: 'VALUES: the expression <expr> cannot be evaluated here.',
  },
  'INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION': {
    sqlState: '42000',
    message: 'VALUES: evaluating <sqlExpr> failed.',
  },
  'INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE': {
    sqlState: '42000',
    message: 'VALUES: column <colName> has incompatible types.',
  },
  'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH': {
    sqlState: '42000',
    message: 'VALUES: expected <expectedNumCols> columns, but row <rowIndex> has <actualNumCols>.',
  },
  'INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval: a number is too large.',
  },
  'INVALID_INTERVAL_FORMAT.INPUT_IS_EMPTY': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval: it is empty.',
  },
  'INVALID_INTERVAL_FORMAT.DAY_TIME_PARSING': {
    sqlState: '22006',
    message: 'Cannot read <input> as a day-time interval: <msg>.',
  },
  'INVALID_INTERVAL_FORMAT.INTERVAL_PARSING': {
    sqlState: '22006',
    message: 'Cannot read <input> as a <interval> interval.',
  },
  'INVALID_INTERVAL_FORMAT.INVALID_FRACTION': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval: <unit> takes no fraction.',
  },
  'INVALID_INTERVAL_FORMAT.INVALID_PRECISION': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval: <value> has more than nine fractional digits.',
  },
  'INVALID_INTERVAL_FORMAT.INVALID_PREFIX': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval: <prefix> is no prefix.',
  },
  'INVALID_INTERVAL_FORMAT.INVALID_UNIT': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval: <unit> is no unit.',
  },
  'INVALID_INTERVAL_FORMAT.INVALID_VALUE': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval: <value> is no number.',
  },
  'INVALID_INTERVAL_FORMAT.MISSING_NUMBER': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval: a number is missing behind <word>.',
  },
  'INVALID_INTERVAL_FORMAT.MISSING_UNIT': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval: a unit is missing behind <word>.',
  },
  'INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE': {
    sqlState: '22006',
    message: 'A time zone offset must be within -18 and +18 hours in whole seconds, not <input>.',
  },
  'INVALID_INTERVAL_FORMAT.UNKNOWN_PARSING_ERROR': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval, at <word>.',
  },
  'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING': {
    sqlState: '22006',
    message:
      'Cannot read <input> as an interval: it does not match the <intervalStr> format <supportedFormat> of <typeName>.',
  },
  'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE': {
    sqlState: '22006',
    message:
      'Cannot read <input> as an interval: it does not match the <intervalStr> format <supportedFormat> of <typeName>.',
  },
  'INVALID_INTERVAL_FORMAT.UNRECOGNIZED_NUMBER': {
    sqlState: '22006',
    message: 'Cannot read <input> as an interval: <number> is no number.',
  },
  'INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION': {
    sqlState: '22006',
    message: "Cannot read interval '<input>' <from> to <to>: there is no such range of units.",
  },
  'INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES': {
    sqlState: '42K0D',
    message: 'The lambda has the same argument name twice: <args> (see <caseSensitiveConfig>).',
  },
  'INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION': {
    sqlState: '42K0D',
    message: 'A lambda was passed to <class>, which takes none.',
  },
  'INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH': {
    sqlState: '42K0D',
    message: 'The function expects a lambda of <expectedNumArgs> arguments, not of <actualNumArgs>.',
  },
  INVALID_LATERAL_JOIN_TYPE: { sqlState: '42613', message: 'A <joinType> join with LATERAL is not allowed.' },
  'INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE': {
    sqlState: '42K0E',
    message: 'The <name> expression <expr> must be an integer, not <dataType>.',
  },
  'INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE': {
    sqlState: '42K0E',
    message: 'The <name> expression <expr> must not be negative, but is <v>.',
  },
  'INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL': {
    sqlState: '42K0E',
    message: 'The <name> expression <expr> must not be null.',
  },
  'INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE': {
    sqlState: '42K0E',
    message: 'The <name> expression <expr> must be constant.',
  },
  INVALID_NON_DETERMINISTIC_EXPRESSIONS: {
    sqlState: '42K0E',
    message: 'This operator takes deterministic expressions only, not <sqlExprs>.',
  },
  INVALID_NUMERIC_LITERAL_RANGE: {
    sqlState: '22003',
    message: 'The number <rawStrippedQualifier> is outside the range of <typeName>, <minValue> to <maxValue>.',
  },
  INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION: {
    sqlState: '22006',
    message: 'An interval with a time part cannot be added to a date; cast the date to a timestamp.',
  },
  'INVALID_OPTIONS.NON_MAP_FUNCTION': { sqlState: '42K06', message: 'Options are given with the `map()` function.' },
  'INVALID_OPTIONS.NON_STRING_TYPE': {
    sqlState: '42K06',
    message: 'The keys and values of options are strings, not <mapType>.',
  },
  'INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR': {
    sqlState: '22023',
    message: 'The parameter <parameter> of <functionName> cannot be used: <detailMessage>',
  },
  'INVALID_PARAMETER_VALUE.AES_IV_LENGTH': {
    sqlState: '22023',
    message: 'The parameter <parameter> of <functionName> has a length that mode <mode> does not take: <actualLength>.',
  },
  'INVALID_PARAMETER_VALUE.AES_KEY_LENGTH': {
    sqlState: '22023',
    message: 'The parameter <parameter> of <functionName> is 16, 24 or 32 bytes long, not <actualLength>.',
  },
  'INVALID_PARAMETER_VALUE.BINARY_FORMAT': {
    sqlState: '22023',
    message: 'Parameter <parameter> of <functionName>: <invalidFormat> is no binary format.',
  },
  'INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE': {
    sqlState: '22023',
    message: 'Parameter <parameter> of <functionName>: <invalidValue> is not in [0, <upper>).',
  },
  'INVALID_PARAMETER_VALUE.CHARSET': {
    sqlState: '22023',
    message: 'Parameter <parameter> of <functionName>: <charset> is not one of <charsets>.',
  },
  'INVALID_PARAMETER_VALUE.DATETIME_UNIT': {
    sqlState: '22023',
    message: 'Parameter <parameter> of <functionName>: <invalidValue> is no datetime unit.',
  },
  'INVALID_PARAMETER_VALUE.LENGTH': {
    sqlState: '22023',
    message: 'Parameter <parameter> of <functionName>: length <length> is negative.',
  },
  'INVALID_PARAMETER_VALUE.NULL': {
    sqlState: '22023',
    message: 'Parameter <parameter> of <functionName> must not be NULL.',
  },
  'INVALID_PARAMETER_VALUE.PATTERN': {
    sqlState: '22023',
    message: 'Parameter <parameter> of <functionName>: bad pattern <value>.',
  },
  'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX': {
    sqlState: '22023',
    message: 'Parameter <parameter> of <functionName>: group index <groupIndex> is not between 0 and <groupCount>.',
  },
  'INVALID_PARAMETER_VALUE.START': {
    sqlState: '22023',
    message: 'Parameter <parameter> of <functionName>: start must not be 0.',
  },
  'INVALID_PARAMETER_VALUE.ZERO_INDEX': {
    sqlState: '22023',
    message: 'Parameter <parameter> of <functionName>: %0$ is no argument; they start at %1$.',
  },
  INVALID_PARTITION_VALUE: {
    sqlState: '42846',
    message:
      'Failed to cast value <value> to data type <dataType> for partition column <columnName>. Ensure that the value matches the data type of this partition column.',
  },
  INVALID_PROPERTY_KEY: {
    sqlState: '42602',
    message: '<key> is an invalid property key; use quotes: SET <key>=<value>.',
  },
  INVALID_PROPERTY_VALUE: {
    sqlState: '42602',
    message: '<value> is an invalid property value; use quotes: SET <key>=<value>.',
  },
  INVALID_QUERY_MIXED_QUERY_PARAMETERS: {
    sqlState: '42613',
    message: 'Use markers with names or markers without, not both.',
  },
  INVALID_REGEXP_REPLACE: {
    sqlState: '22023',
    message:
      'regexp_replace failed for source "<source>", pattern "<pattern>", replacement "<replacement>", position <position>.',
  },
  INVALID_RESET_COMMAND_FORMAT: {
    sqlState: '42000',
    message: "Expected 'RESET' or 'RESET key'. Quote keys with special characters in back-ticks.",
  },
  INVALID_SAVE_MODE: {
    sqlState: '42000',
    message: 'The save mode <mode> is not known: append, overwrite, error, errorifexists, ignore.',
  },
  'INVALID_SCHEMA.NON_STRING_LITERAL': {
    sqlState: '42K07',
    message: 'The schema <inputSchema> is not a constant string.',
  },
  'INVALID_SCHEMA.NON_STRUCT_TYPE': {
    sqlState: '42K07',
    message: 'The schema <inputSchema> is a <dataType>, not a struct.',
  },
  INVALID_SET_SYNTAX: {
    sqlState: '42000',
    message:
      "Expected 'SET', 'SET key' or 'SET key=value'. Quote keys and values with special characters in back-ticks.",
  },
  INVALID_SQL_ARG: {
    sqlState: '42K08',
    message: 'The argument <name> of sql() is not a literal nor a call of map(), array(), struct().',
  },
  'INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN': {
    sqlState: '42000',
    message: 'ANALYZE TABLE COMPUTE STATISTICS takes NOSCAN, not <ctx>.',
  },
  'INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_COLUMN_CONSTRAINTS': {
    sqlState: '42000',
    message: 'CREATE FUNCTION takes no constraints on parameters.',
  },
  'INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS': {
    sqlState: '42000',
    message: 'CREATE FUNCTION takes no generated columns as parameters.',
  },
  'INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE': {
    sqlState: '42000',
    message: 'CREATE OR REPLACE FUNCTION takes no IF NOT EXISTS.',
  },
  'INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_DATABASE': {
    sqlState: '42000',
    message: 'CREATE TEMPORARY FUNCTION takes no schema: <database>.',
  },
  'INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS': {
    sqlState: '42000',
    message: 'CREATE TEMPORARY FUNCTION takes no IF NOT EXISTS.',
  },
  'INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE': {
    sqlState: '42000',
    message: 'The partition key <partKey> needs a value.',
  },
  'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX': {
    sqlState: '42000',
    message: 'The function <prettyName> does not support <syntax>.',
  },
  'INVALID_SQL_SYNTAX.INVALID_TABLE_VALUED_FUNC_NAME': {
    sqlState: '42000',
    message: 'A table function cannot be qualified: <funcName>.',
  },
  'INVALID_SQL_SYNTAX.INVALID_WINDOW_REFERENCE': {
    sqlState: '42000',
    message: 'The window <windowName> is defined by another name; only definitions can be referred to.',
  },
  'INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC': {
    sqlState: '42000',
    message: 'LATERAL can only stand before a subquery or a table function.',
  },
  'INVALID_SQL_SYNTAX.MULTI_PART_NAME': {
    sqlState: '42000',
    message: '<statement> needs a name of one part, not <name>.',
  },
  'INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION': {
    sqlState: '42000',
    message: 'The window <windowName> is defined more than once.',
  },
  'INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE': {
    sqlState: '42000',
    message: 'SHOW <scope> FUNCTIONS is not possible: use USER, SYSTEM or ALL.',
  },
  'INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE': {
    sqlState: '42000',
    message: 'The window <windowName> is not defined.',
  },
  'INVALID_SQL_SYNTAX.UNSUPPORTED_FUNC_NAME': {
    sqlState: '42000',
    message: 'The function name <funcName> has too many parts.',
  },
  'INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED': {
    sqlState: '42000',
    message: 'A variable needs a type or a default.',
  },
  INVALID_STATEMENT_FOR_EXECUTE_INTO: {
    sqlState: '07501',
    message: 'INTO of EXECUTE IMMEDIATE is for queries only, not for <sqlString>.',
  },
  INVALID_STATEMENT_OR_CLAUSE: { sqlState: '42601', message: 'The statement or clause <operation> is not valid.' },
  'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN': {
    sqlState: '42823',
    message: 'A scalar subquery must have one column, not <number>.',
  },
  INVALID_TEMP_OBJ_REFERENCE: {
    sqlState: '42K0F',
    message: 'The persistent <obj> <objName> cannot refer to the temporary <tempObj> <tempObjName>.',
  },
  INVALID_TIMEZONE: {
    sqlState: '22009',
    message: '<timeZone> is neither a region id like Europe/Berlin nor an offset like +01:00.',
  },
  INVALID_TYPED_LITERAL: {
    sqlState: '42604',
    message: 'The value of the typed literal <valueType> is invalid: <value>.',
  },
  INVALID_URL: { sqlState: '22P02', message: '<url> is not a URL. Use `try_parse_url` to get NULL instead.' },
  INVALID_USAGE_OF_STAR_OR_REGEX: {
    sqlState: '42000',
    message: '<elem> cannot be used in <prettyName>.',
  },
  INVALID_UTF8_STRING: { sqlState: '22029', message: 'The bytes <str> are not UTF-8.' },
  INVALID_VARIABLE_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE: {
    sqlState: '42K09',
    message: 'The query of EXECUTE IMMEDIATE must be a string, not <varType>.',
  },
  /** Ours: Arrow data from outside whose offsets lie. */
  INVALID_WHEN_USAGE: {
    sqlState: '42601',
    message: '<detail>.',
  },
  INVALID_WHERE_CONDITION: {
    sqlState: '42903',
    message:
      'The WHERE condition <condition> holds expressions that do not belong there: <expressionList>. Move them to HAVING or the select list.',
  },
  INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC: {
    sqlState: '42601',
    message: '<aggFunc> takes no ORDER BY and no frame in its window.',
  },
  'INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED': {
    sqlState: '42K0K',
    message: 'The function <funcName> does not take DISTINCT together with WITHIN GROUP.',
  },
  'INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT': {
    sqlState: '42K0K',
    message:
      'The function <funcName> is called with DISTINCT, so its WITHIN GROUP ordering must be its input, but <funcArg> and <orderingExpr> differ.',
  },
  'INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING': {
    sqlState: '42K0K',
    message: 'The function <funcName> needs WITHIN GROUP (ORDER BY …).',
  },
  'INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS': {
    sqlState: '42K0K',
    message: 'The function <funcName> needs <expectedNum> orderings in WITHIN GROUP, not <actualNum>.',
  },
  JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE: {
    sqlState: '42K0E',
    message: 'The join condition <joinCondition> is <conditionType>, not boolean.',
  },
  LOCATION_ALREADY_EXISTS: {
    sqlState: '42710',
    message: 'The folder <location> of the managed table <identifier> exists already and is not empty.',
  },
  LOOKUP_KEY: {
    sqlState: '22023',
    message: 'A look-up has strings, numbers, bigints of 64 bits and bytes as keys, not <key>.',
  },
  LOOKUP_NOT_FOUND: {
    sqlState: '42K03',
    message: 'There is no look-up <path>. `await createLookup(rows, { path })` makes one.',
  },
  MALFORMED_ARROW: { sqlState: '22000', message: 'Malformed Arrow data: <reason>.' },
  MALFORMED_CHARACTER_CODING: {
    sqlState: '22000',
    message: 'Invalid value found when performing <function> with <charset>.',
  },
  'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION': {
    sqlState: '22023',
    message: 'Malformed record <badRecord> (mode <failFastMode>).',
  },
  MISSING_AGGREGATION: {
    sqlState: '42803',
    message:
      'The expression <expression> is neither grouped by nor aggregated. Group by it or wrap it, e.g. <expressionAnyValue>.',
  },
  'MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION': {
    sqlState: 'XX000',
    message:
      'Resolved attributes <missingAttributes> are missing from <input> in operator <operator>. Columns of the same names appear: <operation>; check that the right ones are used.',
  },
  'MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT': {
    sqlState: 'XX000',
    message: 'Resolved attributes <missingAttributes> are missing from <input> in operator <operator>.',
  },
  MISSING_GROUP_BY: {
    sqlState: '42803',
    message: 'The query has aggregates beside other columns but no GROUP BY.',
  },
  MISSING_WINDOW_SPECIFICATION: {
    sqlState: '42P20',
    message: 'No window named <windowName> in the WINDOW clause. See <docroot>.',
  },
  MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS: {
    sqlState: '42000',
    message: '<clause1> and <clause2> cannot stand after the same pipe operator.',
  },
  MULTI_ALIAS_WITHOUT_GENERATOR: {
    sqlState: '42K0E',
    message: 'Several names (<names>) for <expr>, which is no generator.',
  },
  NAMED_PARAMETERS_NOT_SUPPORTED: {
    sqlState: '4274K',
    message: 'The function <functionName> takes no named arguments; pass them by position.',
  },
  NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION: {
    sqlState: '22003',
    message: 'Negative value <negativeValue> in <frequencyExpression>; a frequency must be positive.',
  },
  NESTED_AGGREGATE_FUNCTION: {
    sqlState: '42607',
    message: 'An aggregate function cannot be the argument of another one; use a subquery.',
  },
  NESTED_EXECUTE_IMMEDIATE: {
    sqlState: '07501',
    message: 'EXECUTE IMMEDIATE cannot run another EXECUTE IMMEDIATE: <sqlString>.',
  },
  NON_FOLDABLE_ARGUMENT: { sqlState: '42K08', message: '<funcName> needs a constant <paramType> for <paramName>.' },
  NON_LITERAL_PIVOT_VALUES: {
    sqlState: '42K08',
    message: 'Pivot values must be constants, not <expression>.',
  },
  NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING: {
    sqlState: '42KDE',
    message:
      'The window function in <windowFunc> (as column <columnName>) is not supported on streaming DataFrames, only windows of time in an aggregation. (Window specification: <windowSpec>)',
  },
  'NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE': {
    sqlState: '42601',
    message: 'A WINDOW clause is not allowed after |> WHERE.',
  },
  'NOT_A_CONSTANT_STRING.NOT_CONSTANT': {
    sqlState: '42601',
    message: 'The expression <expr> for the name of <name> is not constant.',
  },
  'NOT_A_CONSTANT_STRING.NULL': { sqlState: '42601', message: 'The expression <expr> for the name of <name> is NULL.' },
  'NOT_A_CONSTANT_STRING.WRONG_TYPE': {
    sqlState: '42601',
    message: 'The expression <expr> for the name of <name> is <dataType>, not a string.',
  },
  NOT_A_SCALAR_FUNCTION: { sqlState: '42887', message: '<functionName> is a table function; it stands in FROM.' },
  NOT_A_TABLE_FUNCTION: { sqlState: '42887', message: '<functionName> is a scalar function; it cannot stand in FROM.' },
  NOT_CACHED: {
    sqlState: '55000',
    message: 'The result of <plan> is not cached. `persist()` it first.',
  },
  NOT_SUPPORTED_CHANGE_COLUMN: {
    sqlState: '0A000',
    message:
      'ALTER TABLE … CHANGE COLUMN cannot change the column <originName> of type <originType> of <table> to <newName> of type <newType>.',
  },
  NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT: { sqlState: '0A000', message: '<cmd> needs Hive support.' },
  NO_DEFAULT_COLUMN_VALUE_AVAILABLE: { sqlState: '42608', message: 'The column <colName> has no default value.' },
  NULL_QUERY_STRING_EXECUTE_IMMEDIATE: {
    sqlState: '22004',
    message: 'The query of EXECUTE IMMEDIATE, <varName>, is NULL.',
  },
  NUM_COLUMNS_MISMATCH: {
    sqlState: '42826',
    message:
      '<operator> needs inputs with equal numbers of columns: the first has <firstNumColumns>, the <invalidOrdinalNum> has <invalidNumColumns>.',
  },
  NUM_TABLE_VALUE_ALIASES_MISMATCH: {
    sqlState: '42826',
    message: 'The table function <funcName> gives <outColsNum> columns, but has <aliasesNum> aliases.',
  },
  ORDER_BY_POS_OUT_OF_RANGE: {
    sqlState: '42805',
    message: 'ORDER BY position <index> is not in the select list (1 to <size>).',
  },
  PARTITIONS_ALREADY_EXIST: {
    sqlState: '428FT',
    message: 'The partitions <partitionList> are in the table <tableName> already.',
  },
  PARTITIONS_NOT_FOUND: {
    sqlState: '428FT',
    message: 'The partitions <partitionList> are not in the table <tableName>.',
  },
  PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION: {
    sqlState: '0A000',
    message: 'The expression <expr> after |> AGGREGATE needs an aggregate function.',
  },
  PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION: {
    sqlState: '0A000',
    message: 'The pipe operator <clause> does not allow the aggregate function <expr>; use |> AGGREGATE.',
  },
  PIVOT_VALUE_DATA_TYPE_MISMATCH: {
    sqlState: '42K09',
    message: 'The pivot value <value> is <valueType>, which cannot become <pivotType>.',
  },
  RECURSIVE_VIEW: { sqlState: '42K0H', message: 'The view <viewIdent> reads itself: <newPath>.' },
  REQUIRED_PARAMETER_NOT_FOUND: {
    sqlState: '4274K',
    message: 'Call of <routineName>: the parameter <parameterName> is required at position <index>.',
  },
  REQUIRES_SINGLE_PART_NAMESPACE: {
    sqlState: '42K05',
    message: '<sessionCatalog> requires a single-part namespace, but got <namespace>.',
  },
  ROUTINE_ALREADY_EXISTS: {
    sqlState: '42723',
    message: 'Cannot create the <newRoutineType> <routineName>: a <existingRoutineType> of that name exists.',
  },
  ROUTINE_NOT_FOUND: { sqlState: '42883', message: 'The routine <routineName> cannot be found.' },
  ROW_SUBQUERY_TOO_MANY_ROWS: { sqlState: '21000', message: 'A subquery used as a row gave more than one row.' },
  SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION: {
    sqlState: '0A000',
    message: 'The correlated scalar subquery <sqlExpr> is neither grouped by nor inside an aggregate function.',
  },
  SCALAR_SUBQUERY_TOO_MANY_ROWS: {
    sqlState: '21000',
    message: 'A subquery used as an expression gave more than one row.',
  },
  SECOND_FUNCTION_ARGUMENT_NOT_INTEGER: {
    sqlState: '22023',
    message: 'The second argument of <functionName> must be a whole number.',
  },
  SEED_EXPRESSION_IS_UNFOLDABLE: {
    sqlState: '42K08',
    message: 'The seed <seedExpr> of <exprWithSeed> must be constant.',
  },
  SHOW_COLUMNS_WITH_CONFLICT_NAMESPACE: {
    sqlState: '42K05',
    message: 'SHOW COLUMNS names two namespaces: <namespaceA> and <namespaceB>.',
  },
  SPECIFY_BUCKETING_IS_NOT_ALLOWED: { sqlState: '42601', message: 'Buckets need a table schema.' },
  SPECIFY_PARTITION_IS_NOT_ALLOWED: { sqlState: '42601', message: 'Partition columns need a table schema.' },
  STALE_CACHED_DATA: {
    sqlState: '55000',
    message:
      'The cached data of <entry> is older than its files: <change>. REFRESH TABLE makes it anew; `memoframe.cache.freshness` = `refresh` does so by itself.',
  },
  STAR_GROUP_BY_POS: {
    sqlState: '0A000',
    message: 'No * in a select list whose GROUP BY counts positions.',
  },
  'STREAMING_OUTPUT_MODE.INVALID': {
    sqlState: '42KDE',
    message: "Invalid streaming output mode: <outputMode>. It is one of 'Append', 'Complete', 'Update'.",
  },
  'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE': {
    sqlState: '42KDE',
    message: 'Invalid streaming output mode: <outputMode>. The data source <className> does not support it.',
  },
  'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION': {
    sqlState: '42KDE',
    message:
      'Invalid streaming output mode: <outputMode>. It is not supported for <operation> on streaming DataFrames.',
  },
  STREAM_FAILED: {
    sqlState: 'XXKST',
    message: 'Query [id = <id>, runId = <runId>] terminated with exception: <message>',
  },
  SUM_OF_LIMIT_AND_OFFSET_EXCEEDS_MAX_INT: {
    sqlState: '22003',
    message: 'LIMIT <limit> and OFFSET <offset> together exceed the largest integer.',
  },
  UDTF_ALIAS_NUMBER_MISMATCH: {
    sqlState: '42802',
    message: 'The generator makes <aliasesSize> columns, but the names are <aliasesNames>.',
  },
  UNEXPECTED_INPUT_TYPE: {
    sqlState: '42K09',
    message: 'Parameter <paramIndex> of <functionName> needs <requiredType>, but <inputSql> is <inputType>.',
  },
  UNEXPECTED_POSITIONAL_ARGUMENT: {
    sqlState: '4274K',
    message: 'Call of <routineName>: a positional argument stands behind the named one for <parameterName>.',
  },
  UNPIVOT_REQUIRES_ATTRIBUTES: {
    sqlState: '42K0A',
    message:
      'UNPIVOT takes columns as <given> expressions when no <empty> expressions are given; these are not: [<expressions>].',
  },
  UNPIVOT_REQUIRES_VALUE_COLUMNS: {
    sqlState: '42K0A',
    message: 'UNPIVOT needs at least one value column.',
  },
  UNPIVOT_VALUE_DATA_TYPE_MISMATCH: {
    sqlState: '42K09',
    message: 'The value columns of UNPIVOT have no common type: [<types>].',
  },
  UNPIVOT_VALUE_SIZE_MISMATCH: {
    sqlState: '428C4',
    message: 'Each value of UNPIVOT must be made of <names> columns, one for each value name.',
  },
  UNRECOGNIZED_PARAMETER_NAME: {
    sqlState: '4274K',
    message: 'Call of <routineName>: no parameter <argumentName>. Did you mean <proposal>?',
  },
  UNRESOLVABLE_TABLE_VALUED_FUNCTION: {
    sqlState: '42883',
    message: '<name> is no table-valued function that is known here.',
  },
  UNRESOLVED_ALL_IN_GROUP_BY: {
    sqlState: '42803',
    message: 'GROUP BY ALL cannot tell the grouping columns from this select list; name them.',
  },
  UNRESOLVED_USING_COLUMN_FOR_JOIN: {
    sqlState: '42703',
    message: 'USING column <colName> is not on the <side> side of the join, whose columns are [<suggestion>].',
  },
  UNRESOLVED_VARIABLE: { sqlState: '42883', message: 'No variable <variableName> on the path <searchPath>.' },
  UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING: {
    sqlState: '0A000',
    message: 'CHAR and VARCHAR are not possible here; spark.sql.legacy.charVarcharAsString makes them STRING.',
  },
  UNSUPPORTED_DATASOURCE_FOR_DIRECT_QUERY: {
    sqlState: '0A000',
    message: 'The data source <dataSourceType> cannot be queried by path.',
  },
  UNSUPPORTED_EXPR_FOR_OPERATOR: {
    sqlState: '42K0E',
    message: 'These expressions are not allowed here: <invalidExprSqls>.',
  },
  UNSUPPORTED_EXPR_FOR_PARAMETER: { sqlState: '42K0E', message: 'A parameter cannot be <invalidExprSql>.' },
  UNSUPPORTED_EXPR_FOR_WINDOW: {
    sqlState: '42P20',
    message: '<sqlExpr> is not allowed in a window.',
  },
  'UNSUPPORTED_FEATURE.AES_MODE': {
    sqlState: '0A000',
    message: 'AES with mode <mode> and padding <padding> in <functionName>.',
  },
  'UNSUPPORTED_FEATURE.AES_MODE_AAD': {
    sqlState: '0A000',
    message: 'Additional authenticated data with AES mode <mode> in <functionName>.',
  },
  'UNSUPPORTED_FEATURE.AES_MODE_IV': {
    sqlState: '0A000',
    message: 'Initialization vectors with AES mode <mode> in <functionName>.',
  },
  'UNSUPPORTED_FEATURE.DESC_TABLE_COLUMN_JSON': {
    sqlState: '0A000',
    message: 'DESC TABLE of a column cannot be AS JSON.',
  },
  'UNSUPPORTED_FEATURE.DROP_DATABASE': {
    sqlState: '0A000',
    message: 'The schema <database> cannot be dropped.',
  },
  'UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC': {
    sqlState: '0A000',
    message: 'The aggregate function <aggFunc> reads the lateral column alias <lca>; that is not supported.',
  },
  'UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_WITH_WINDOW_AND_HAVING': {
    sqlState: '0A000',
    message:
      'The lateral column alias <lca> stands in an aggregate query with windows and HAVING; move the HAVING part to an outer query.',
  },
  'UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_GROUP_BY': {
    sqlState: '0A000',
    message: 'GROUP BY through a lateral column alias is not supported.',
  },
  'UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW': {
    sqlState: '0A000',
    message: 'The window expression <windowExpr> reads the lateral column alias <lca>; use a subquery.',
  },
  'UNSUPPORTED_FEATURE.PARAMETER_MARKER_IN_UNEXPECTED_STATEMENT': {
    sqlState: '0A000',
    message: 'Parameter markers are not possible in <statement>.',
  },
  'UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE': {
    sqlState: '0A000',
    message: 'Maps cannot take part in set operations, but column <colName> is <dataType>.',
  },
  'UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET': {
    sqlState: '0A000',
    message: '<variableName> is a variable; use SET VARIABLE.',
  },
  'UNSUPPORTED_FEATURE.SQL_SCRIPTING': {
    sqlState: '0A000',
    message: 'SQL scripting is disabled: <sqlScriptingEnabled> is not true.',
  },
  'UNSUPPORTED_FEATURE.TABLE_OPERATION': {
    sqlState: '0A000',
    message: 'The table <tableName> does not support <operation>.',
  },
  'UNSUPPORTED_FEATURE.TEMPORARY_VIEW_WITH_SCHEMA_BINDING_MODE': {
    sqlState: '0A000',
    message: 'Temporary views cannot be made WITH SCHEMA.',
  },
  'UNSUPPORTED_GENERATOR.MULTI_GENERATOR': {
    sqlState: '42K0E',
    message: 'One generator a select list, but there are <num>: <generators>.',
  },
  'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS': {
    sqlState: '42K0E',
    message: 'A generator cannot stand inside another expression: <expression>.',
  },
  'UNSUPPORTED_GENERATOR.NOT_GENERATOR': {
    sqlState: '42K0E',
    message: '<functionName> (<classCanonicalName>) is no generator.',
  },
  'UNSUPPORTED_GENERATOR.OUTSIDE_SELECT': {
    sqlState: '42K0E',
    message: 'Generators belong in SELECT only, not in <plan>.',
  },
  UNSUPPORTED_GROUPING_EXPRESSION: {
    sqlState: '42K0E',
    message: 'grouping() and grouping_id() need GROUPING SETS, CUBE or ROLLUP.',
  },
  UNSUPPORTED_SQL_UDF_USAGE: {
    sqlState: '0A000',
    message: 'The SQL function <functionName> cannot be used in <nodeName>.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED': {
    sqlState: '0A000',
    message: 'Outer columns cannot be read here: <treeNode>.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES': {
    sqlState: '0A000',
    message: 'An aggregate function in a correlated subquery reads outer and own columns: <function>.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_COLUMN_NOT_FOUND': {
    sqlState: '0A000',
    message: 'The correlated column <value> cannot be found.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE': {
    sqlState: '0A000',
    message: 'This operator of a subquery cannot read outer columns: <sqlExprs>.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.LATERAL_JOIN_CONDITION_NON_DETERMINISTIC': {
    sqlState: '0A000',
    message: 'A lateral join cannot have a random condition: <condition>.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.MUST_AGGREGATE_CORRELATED_SCALAR_SUBQUERY': {
    sqlState: '0A000',
    message: 'A correlated scalar subquery must be aggregated to at most one row.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_CORRELATED_COLUMNS_IN_GROUP_BY': {
    sqlState: '0A000',
    message: 'GROUP BY of a correlated scalar subquery holds columns that are not correlated: <value>.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES': {
    sqlState: '0A000',
    message: 'A lateral subquery of an outer relation with several rows cannot be random: <treeNode>.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION': {
    sqlState: '0A000',
    message: 'A subquery in a join condition may read one side of the join only: <subqueryExpression>.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE_DATA_TYPE': {
    sqlState: '0A000',
    message: 'A correlated column cannot have the type <dataType>: <expr>.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY': {
    sqlState: '0A000',
    message: 'Correlated scalar subqueries belong in filters, projections and aggregates: <treeNode>.',
  },
  'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY': {
    sqlState: '0A000',
    message: 'IN and EXISTS belong in filters, joins, projections and aggregates: <treeNode>.',
  },
  'USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS': {
    sqlState: '42601',
    message: 'A SQL function cannot hold aggregate, window or generator functions: <queryText>.',
  },
  'USER_DEFINED_FUNCTIONS.CANNOT_REPLACE_NON_SQL_UDF_WITH_SQL_UDF': {
    sqlState: '42601',
    message: 'The function <name> is no SQL function and cannot be replaced by one.',
  },
  'USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION': {
    sqlState: '42601',
    message: 'The default of <parameterName> of the function <functionName> cannot hold a subquery.',
  },
  'USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION': {
    sqlState: '42601',
    message: 'Function <functionName>: <parameterName> has a default, so <nextParameterName> after it needs one.',
  },
  'USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS': {
    sqlState: '42601',
    message: 'Parameters of functions cannot be NOT NULL: <input>.',
  },
  'USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH': {
    sqlState: '42601',
    message: 'The function <name> returns <returnParamSize> columns, but its body has <outputSize>.',
  },
  'USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY': {
    sqlState: '42601',
    message: 'The body of the table function <name> must be a query.',
  },
  'USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_MISSING_COLUMN_NAMES': {
    sqlState: '42601',
    message: 'The table function <functionName> returns columns without names.',
  },
  VARIABLE_ALREADY_EXISTS: { sqlState: '42723', message: 'The variable <variableName> exists already.' },
  VARIABLE_NOT_FOUND: { sqlState: '42883', message: 'The variable <variableName> cannot be found.' },
  WINDOW_FUNCTION_AND_FRAME_MISMATCH: {
    sqlState: '42K0E',
    message: '<funcName> can be evaluated only in an ordered row frame with one offset: <windowExpr>.',
  },
  WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE: {
    sqlState: '42601',
    message: 'The window function <funcName> needs an OVER clause.',
  },
  WORKER_CACHE_NOT_SYNCHRONOUS: {
    sqlState: '0A000',
    message: 'The loader of the worker cache gives promises: use `await cache.get(key)` instead of `getSync`.',
  },
  WRITE_STREAM_NOT_ALLOWED: {
    sqlState: '42601',
    message: '`writeStream` is for streaming DataFrames only.',
  },
  WRONG_COMMAND_FOR_OBJECT_TYPE: {
    sqlState: '42809',
    message: '<operation> is for <requiredType>, but <objectName> is a <foundType>. Use <alternative>.',
  },
  'WRONG_NUM_ARGS.WITH_SUGGESTION': {
    sqlState: '42605',
    message:
      '<functionName> takes <expectedNum> arguments, not <actualNum>. Set <legacyConfKey> to <legacyConfValue> for the old behaviour.',
  },
  _LEGACY_ERROR_TEMP_0037: {
    message: 'The prefix <quoted> cannot be given to the table name in CACHE TABLE AS SELECT.',
  },
  _LEGACY_ERROR_TEMP_0045: { message: 'Invalid time zone displacement value.' },
  _LEGACY_ERROR_TEMP_0063: { message: '<msg>.' },
  _LEGACY_ERROR_TEMP_1006: {
    sqlState: undefined,
    message: 'A pivot needs an aggregate expression, but <sql> is outside of one.',
  },
  _LEGACY_ERROR_TEMP_1017: {
    sqlState: undefined,
    message: "<name> is a built-in or temporary function; '<cmd>' wants a persistent one.<hintStr>",
  },
  _LEGACY_ERROR_TEMP_1021: {
    sqlState: undefined,
    message: 'count(<targetString>.*) is not allowed; use count(*) or expand the columns: count(col1, col2).',
  },
  _LEGACY_ERROR_TEMP_1030: {
    sqlState: undefined,
    message: 'A window aggregate function takes no FILTER clause.',
  },
  _LEGACY_ERROR_TEMP_1031: {
    sqlState: undefined,
    message: 'A window function cannot stand inside an aggregate function; compute it in a subquery.',
  },
  _LEGACY_ERROR_TEMP_1034: {
    sqlState: undefined,
    message: 'Window functions are not allowed inside <clauseName>.',
  },
  _LEGACY_ERROR_TEMP_1035: {
    sqlState: undefined,
    message: 'No frame can be given for <prettyName>.',
  },
  _LEGACY_ERROR_TEMP_1036: {
    sqlState: undefined,
    message: 'The frame <wf> must be <required>.',
  },
  _LEGACY_ERROR_TEMP_1037: {
    sqlState: undefined,
    message: 'The window function <wf> needs a window with ORDER BY, e.g. <wf> OVER (ORDER BY x).',
  },
  _LEGACY_ERROR_TEMP_1046: {
    sqlState: undefined,
    message: 'The parameters of a join strategy hint are relation names, not <unsupported> (<class>).',
  },
  _LEGACY_ERROR_TEMP_1047: {
    sqlState: undefined,
    message: 'The <hintName> hint takes a partition number and columns, not <invalidParams>.',
  },
  _LEGACY_ERROR_TEMP_1048: {
    sqlState: undefined,
    message: 'The <hintName> hint takes a partition number.',
  },
  _LEGACY_ERROR_TEMP_1050: {
    sqlState: undefined,
    message: 'Only structs can be expanded by .*, not <attributes>.',
  },
  _LEGACY_ERROR_TEMP_1104: { message: 'The second argument must be a double literal.' },
  _LEGACY_ERROR_TEMP_1188: {
    message: "There is a 'path' option set and <method>() is called with a path parameter. Leave one of them out.",
  },
  _LEGACY_ERROR_TEMP_1194: { message: 'queryName must be specified for memory sink.' },
  _LEGACY_ERROR_TEMP_1196: {
    message: 'Partition column <columnName> not found in existing columns (<validColumnNames>).',
  },
  _LEGACY_ERROR_TEMP_1197: { message: "'<operation>' does not support partitioning." },
  _LEGACY_ERROR_TEMP_1201: {
    sqlState: undefined,
    message: 'Cannot resolve the column name <colName> among (<fieldNames>).',
  },
  _LEGACY_ERROR_TEMP_1228: { message: 'The scale <scale> of a decimal is greater than its precision <precision>.' },
  _LEGACY_ERROR_TEMP_1298: {
    message:
      'checkpointLocation must be specified either through option("checkpointLocation", ...) or the conf <config>.',
  },
  _LEGACY_ERROR_TEMP_1299: {
    message: 'This query cannot recover from a checkpoint location. Delete <checkpointPath> to start over.',
  },
  _LEGACY_ERROR_TEMP_2047: { message: "'path' is not specified." },
  _LEGACY_ERROR_TEMP_2048: {
    message:
      'A streaming source needs a schema. If there are files already, spark.read.load(directory) infers one from them.',
  },
  _LEGACY_ERROR_TEMP_2096: { message: '<ddl> is not supported.' },
  _LEGACY_ERROR_TEMP_2130: { message: '<pattern> is no pattern of DateTimeFormatter; see <docroot>.' },
  _LEGACY_ERROR_TEMP_2128: { message: 'Keys and values of the map differ in number.' },
  'NOT_ALLOWED_IN_FROM.LATERAL_WITH_PIVOT': {
    sqlState: '42601',
    message: 'LATERAL together with PIVOT is not allowed in FROM.',
  },
  'NOT_ALLOWED_IN_FROM.LATERAL_WITH_UNPIVOT': {
    sqlState: '42601',
    message: 'LATERAL together with UNPIVOT is not allowed in FROM.',
  },
  'NOT_ALLOWED_IN_FROM.UNPIVOT_WITH_PIVOT': {
    sqlState: '42601',
    message: 'UNPIVOT together with PIVOT is not allowed in FROM.',
  },
  NOT_A_PARTITIONED_TABLE: {
    sqlState: '42809',
    message: 'The operation <operation> is not allowed for <tableIdentWithDB>: the table is not partitioned.',
  },
  NULL_MAP_KEY: { sqlState: '2200E', message: 'Cannot use null as map key.' },
  NUMERIC_OUT_OF_SUPPORTED_RANGE: {
    sqlState: '22003',
    message: 'The value <value> has more than 38 digits and cannot be read as a number.',
  },
  'NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION': {
    sqlState: '22003',
    message: '<roundedValue>, rounded half up from <originalValue>, does not fit Decimal(<precision>, <scale>).',
  },
  'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION': {
    sqlState: '22003',
    message: '<value> does not fit Decimal(<precision>, <scale>). Set <config> to "false" to get NULL instead.',
  },
  OPERATION_CANCELED: { sqlState: 'HY008', message: 'Operation <operationId> has been canceled.' },
  /** Ours: work in a task that took too long. */
  OPERATION_TIMED_OUT: { sqlState: 'HYT00', message: '<operation> took longer than <timeoutMs> ms.' },
  PARQUET_TYPE_ILLEGAL: {
    sqlState: '42846',
    message: 'Illegal Parquet type: <parquetType>.',
  },
  PARQUET_TYPE_NOT_RECOGNIZED: {
    sqlState: '42846',
    message: 'Unrecognized Parquet type: <field>.',
  },
  PARQUET_TYPE_NOT_SUPPORTED: {
    sqlState: '42846',
    message: 'Parquet type not yet supported: <parquetType>.',
  },
  PARSE_EMPTY_STATEMENT: { sqlState: '42617', message: 'The statement is empty.' },
  PARSE_SYNTAX_ERROR: { sqlState: '42601', message: 'Syntax error at or near <error><hint>.' },
  PATH_ALREADY_EXISTS: {
    sqlState: '42K04',
    message: 'The path <outputPath> exists already. Choose mode overwrite or append.',
  },
  PATH_NOT_FOUND: { sqlState: '42K03', message: 'Path does not exist: <path>.' },
  PERSISTENT_ENTRY_TOO_LARGE: {
    sqlState: '54000',
    message: 'The entry takes more than memoframe.cache.persistent.maxBytes, <maxBytes> bytes.',
  },
  /** Ours: a record that a user function throws on. */
  POISON_RECORD: { sqlState: '22000', message: 'The record <record> cannot be processed: <message>' },
  REF_DEFAULT_VALUE_IS_NOT_ALLOWED_IN_PARTITION: { sqlState: '42601', message: 'DEFAULT is not allowed in PARTITION.' },
  REPEATED_CLAUSE: {
    sqlState: '42614',
    message: 'The <clause> clause may be used at most once per <operation> operation.',
  },
  /** Ours: the last of several tries failed too. */
  RETRIES_EXHAUSTED: {
    sqlState: '58000',
    message: '<operation> failed <attempts> times, at last with: <message>',
  },
  SCHEMA_ALREADY_EXISTS: {
    sqlState: '42P06',
    message: 'Cannot create the schema <schemaName>: it exists already.',
  },
  SCHEMA_NOT_EMPTY: {
    sqlState: '2BP01',
    message: 'Cannot drop the schema <schemaName>: it holds objects. Use CASCADE.',
  },
  SCHEMA_NOT_FOUND: {
    sqlState: '42704',
    message: 'The schema <schemaName> cannot be found.',
  },
  SQL_CONF_NOT_FOUND: {
    sqlState: '42K0I',
    message: 'The configuration <sqlConf> is neither known nor set.',
  },
  'SYNTAX_DISCONTINUED.BANG_EQUALS_NOT': {
    sqlState: '42601',
    message: 'The keyword <clause> is no longer supported here: write NOT.',
  },
  TABLE_OR_VIEW_ALREADY_EXISTS: {
    sqlState: '42P07',
    message: 'Cannot create <relationName>: a table or view of this name exists already.',
  },
  TABLE_OR_VIEW_NOT_FOUND: {
    sqlState: '42P01',
    message: 'The table or view <relationName> cannot be found. Check the spelling, the schema and the catalog.',
  },
  TASK_WRITE_FAILED: { sqlState: '58030', message: 'A task failed while it wrote rows to <path>.' },
  TEMP_TABLE_OR_VIEW_ALREADY_EXISTS: {
    sqlState: '42P07',
    message: 'Cannot create the temporary view <relationName>: it exists already. Use CREATE OR REPLACE or drop it.',
  },
  TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS: {
    sqlState: '428EK',
    message: 'A temporary view cannot be qualified by a schema: <actualName>.',
  },
  UNABLE_TO_ACQUIRE_MEMORY: {
    sqlState: '53200',
    message: 'Unable to acquire <requestedBytes> bytes of memory, got <receivedBytes>.',
  },
  UNABLE_TO_INFER_SCHEMA: {
    sqlState: '42KD9',
    message: 'Unable to infer schema for <format>. It must be specified manually.',
  },
  UNBOUND_SQL_PARAMETER: {
    sqlState: '42P02',
    message: 'There is no value for the parameter <name>. Give it in the arguments.',
  },
  UNCLOSED_BRACKETED_COMMENT: { sqlState: '42601', message: 'A block comment is not closed. Append */ to it.' },
  'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION': {
    sqlState: '42703',
    message: 'A column, variable, or function parameter with name <objectName> cannot be resolved.',
  },
  'UNRESOLVED_COLUMN.WITH_SUGGESTION': {
    sqlState: '42703',
    message:
      'A column, variable, or function parameter with name <objectName> cannot be resolved. Did you mean one of the following? [<proposal>].',
  },
  UNRESOLVED_ROUTINE: {
    sqlState: '42883',
    message: 'Cannot resolve the routine <routineName> on the search path <searchPath>.',
  },
  UNSUPPORTED_DATATYPE: { sqlState: '0A000', message: 'Unsupported data type <typeName>.' },
  UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE: {
    sqlState: '0A000',
    message: "The <format> datasource doesn't support the column <columnName> of the type <columnType>.",
  },
  'UNSUPPORTED_FEATURE.ANALYZE_UNCACHED_TEMP_VIEW': {
    sqlState: '0A000',
    message: 'ANALYZE TABLE FOR COLUMNS works on temporary views that are cached; <viewName> is not.',
  },
  'UNSUPPORTED_FEATURE.CLAUSE_WITH_PIPE_OPERATORS': {
    sqlState: '0A000',
    message: 'The feature is not supported: <clauses> together with the pipe operator.',
  },
  'UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES': {
    sqlState: '0A000',
    message: 'The feature is not supported: ORDER BY, SORT BY, DISTRIBUTE BY and CLUSTER BY in this combination.',
  },
  'UNSUPPORTED_FEATURE.LATERAL_JOIN_USING': {
    sqlState: '0A000',
    message: 'The feature is not supported: JOIN USING with LATERAL.',
  },
  'UNSUPPORTED_FEATURE.LITERAL_TYPE': {
    sqlState: '0A000',
    message: 'The literal for <value> of <type> is not supported.',
  },
  'UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE': {
    sqlState: '0A000',
    message: 'The feature is not supported: <case> in |> AGGREGATE.',
  },
  UNSUPPORTED_JOIN_TYPE: {
    sqlState: '0A000',
    message: 'The join type <typ> is not known. Known: <supported>.',
  },
  'UNSUPPORTED_OVERWRITE.PATH': {
    sqlState: '42902',
    message: 'Cannot overwrite the path <path> that is read from at the same time.',
  },
  'UNSUPPORTED_OVERWRITE.TABLE': {
    sqlState: '42902',
    message: 'Cannot overwrite the table <table> that is read from at the same time.',
  },
  UNSUPPORTED_TYPED_LITERAL: {
    sqlState: '0A000',
    message: 'Literals of type <unsupportedType> are not supported. Supported are <supportedTypes>.',
  },
  USER_RAISED_EXCEPTION: { sqlState: 'P0001', message: '<errorMessage>' },
  'WRONG_NUM_ARGS.WITHOUT_SUGGESTION': {
    sqlState: '42605',
    message:
      'The <functionName> requires <expectedNum> parameters but the actual number is <actualNum>. See <docroot>.',
  },
  _LEGACY_ERROR_TEMP_0014: { message: 'TABLESAMPLE needs a method in its parentheses.' },
  _LEGACY_ERROR_TEMP_0015: { message: 'TABLESAMPLE(<msg>) is not supported.' },
  _LEGACY_ERROR_TEMP_0016: {
    message: '<bytesStr> is not a valid byte length; expected is a number followed by B, K, M or G.',
  },
  _LEGACY_ERROR_TEMP_0024: { message: 'An interval literal can have only one range of units.' },
  _LEGACY_ERROR_TEMP_0026: { message: 'An interval value must not contain units: <value>.' },
  _LEGACY_ERROR_TEMP_0027: { message: 'The value of an interval with a range of units must be a string.' },
  _LEGACY_ERROR_TEMP_0029: { message: 'Year-month and day-time units cannot be mixed: <literal>.' },
  _LEGACY_ERROR_TEMP_0035: { message: 'Operation not allowed: <message>.' },
  _LEGACY_ERROR_TEMP_0051: { message: 'An empty set is not allowed in <element>.' },
  _LEGACY_ERROR_TEMP_0052: { message: 'CREATE VIEW takes either IF NOT EXISTS or OR REPLACE.' },
  _LEGACY_ERROR_TEMP_0053: { message: 'A temporary view cannot be created with IF NOT EXISTS.' },
  _LEGACY_ERROR_TEMP_0062: { message: '<msg>.' },
  _LEGACY_ERROR_TEMP_0064: { message: '<msg>.' },
  _LEGACY_ERROR_TEMP_2242: { message: '<provider> source does not support user-specified schema.' },
  _LEGACY_ERROR_TEMP_3102: { message: '<msg>' },
  _LEGACY_ERROR_TEMP_3242: { message: 'A sequence of dates needs an <intervalType> of whole days as its step.' },
  _LEGACY_ERROR_TEMP_3243: { message: 'A sequence from <start> to <stop> cannot be made in steps of <step>.' },
  _LEGACY_ERROR_TEMP_1321: { message: 'Not a name for a view: <viewName>.' },
  _LEGACY_ERROR_TEMP_1266: {
    sqlState: undefined,
    message: 'TRUNCATE TABLE is not allowed on external tables: <tableIdentWithDB>.',
  },
  _LEGACY_ERROR_TEMP_1232: {
    message: 'The partition columns <specKeys> do not match the columns <partitionColumnNames> of <tableName>.',
  },
  _LEGACY_ERROR_TEMP_1073: {
    message: 'A table cannot be renamed into another schema: <db> is not <newDb>.',
  },
  _LEGACY_ERROR_TEMP_1159: {
    message: 'The rows are <specifiedProvider>, the table <tableName> that they are for is <existingProvider>.',
  },
  _LEGACY_ERROR_TEMP_1163: {
    message: 'The rows are partitioned by (<specifiedPartCols>), the table <tableName> by (<existingPartCols>).',
  },
  _LEGACY_ERROR_TEMP_1169: {
    message: 'The partition columns <normalizedPartSpec> do not match those of <tableName>: <partColNames>.',
  },
  _LEGACY_ERROR_TEMP_1039: { message: 'Several time or session windows in one query are not supported.' },
  _LEGACY_ERROR_TEMP_3231: { message: 'Intervals of months are no durations of windows: <interval>.' },
  _LEGACY_ERROR_TEMP_1076: { message: 'The partition specification is invalid: <details>.' },
  _LEGACY_ERROR_TEMP_1060: { message: '<command> does not take the nested column <column>.' },
  _LEGACY_ERROR_TEMP_1241: {
    message:
      'CREATE TABLE AS SELECT cannot write to the folder <tablePath>, which is not empty. Set <config> to true to allow it.',
  },
} as const;

export type ConditionName = keyof typeof conditions;

type Holes<S extends string> = S extends `${string}<${infer Hole}>${infer Rest}` ? Hole | Holes<Rest> : never;

/** The parameters a condition's template asks for. */
export type ParametersOf<C extends ConditionName> = Readonly<Record<Holes<(typeof conditions)[C]['message']>, string>>;
