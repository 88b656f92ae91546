/** Spark's error conditions that memoframe raises: name, SQLSTATE, parameters (the holes of `message`). Names, parameters
 * and states are Spark 4.0.1's, verbatim; the sentences are ours. Add a row here before raising a new condition;
 * keep it sorted. Sub-conditions are written with a dot, as Spark prints them. */
export const conditions = {
  ARITHMETIC_OVERFLOW: {
    sqlState: '22003',
    message: '<message>. <alternative> If needed set <config> to "false" to bypass this error.',
  },
  CAST_INVALID_INPUT: {
    sqlState: '22018',
    message:
      'The value <expression> of type <sourceType> cannot be cast to <targetType> because it is malformed. Use `try_cast` to get NULL instead. See <ansiConfig>.',
  },
  CAST_OVERFLOW: {
    sqlState: '22003',
    message:
      'The value <value> of type <sourceType> cannot be cast to <targetType> due to an overflow. Use `try_cast` to get NULL instead. See <ansiConfig>.',
  },
  DIVIDE_BY_ZERO: {
    sqlState: '22012',
    message: 'Division by zero. Use `try_divide` to get NULL instead. See <config>.',
  },
  INTERNAL_ERROR: { sqlState: 'XX000', message: '<message>' },
  OPERATION_CANCELED: { sqlState: 'HY008', message: 'Operation <operationId> has been canceled.' },
  PARSE_SYNTAX_ERROR: { sqlState: '42601', message: 'Syntax error at or near <error><hint>.' },
  PATH_NOT_FOUND: { sqlState: '42K03', message: 'Path does not exist: <path>.' },
  TABLE_OR_VIEW_NOT_FOUND: {
    sqlState: '42P01',
    message: 'The table or view <relationName> cannot be found. Check the spelling, the schema and the catalog.',
  },
  UNABLE_TO_ACQUIRE_MEMORY: {
    sqlState: '53200',
    message: 'Unable to acquire <requestedBytes> bytes of memory, got <receivedBytes>.',
  },
  'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION': {
    sqlState: '42703',
    message: 'A column, variable, or function parameter with name <objectName> cannot be resolved.',
  },
  'UNRESOLVED_COLUMN.WITH_SUGGESTION': {
    sqlState: '42703',
    message:
      'A column, variable, or function parameter with name <objectName> cannot be resolved. Did you mean one of the following? [<proposal>].',
  },
} as const;

export type ConditionName = keyof typeof conditions;

type Holes<S extends string> = S extends `${string}<${infer Hole}>${infer Rest}` ? Hole | Holes<Rest> : never;

/** The parameters a condition's template asks for. */
export type ParametersOf<C extends ConditionName> = Readonly<Record<Holes<(typeof conditions)[C]['message']>, string>>;
