import { type DataType, StructField, StructType, TIMESTAMP, TIMESTAMP_NTZ } from '../../types/index.js';
import { Expression, type TypeCheckFailure } from './expression.js';

/** Marks of the columns that windows become; `window_time` takes only those. */
export const TIME_WINDOW = 'spark.timeWindow';
export const SESSION_WINDOW = 'spark.sessionWindow';

const LONG_MAX = 9_223_372_036_854_775_807n;

function windowType(time: DataType): StructType {
  const type = time.kind === 'struct' ? (time.fields[0]?.dataType ?? TIMESTAMP) : time;
  return new StructType([new StructField('start', type, true), new StructField('end', type, true)]);
}
const isTimestamp = (t: DataType): boolean => t.kind === 'timestamp' || t.kind === 'timestamp_ntz';
const isWindow = (t: DataType): boolean =>
  t.kind === 'struct' && t.fields.length === 2 && t.fields.every((f) => isTimestamp(f.dataType));

/** Never runs: the analyzer puts a column in its place. */
abstract class WindowPlaceholder extends Expression {
  get nullable(): boolean {
    return true;
  }
  override get resolved(): boolean {
    return false;
  }
}

/** The windows that a moment lies in, for grouping; durations in microseconds. Spark: `TimeWindow`. */
export class TimeWindow extends WindowPlaceholder {
  readonly kind = 'TimeWindow';
  constructor(
    readonly timeColumn: Expression,
    readonly windowDuration: bigint,
    readonly slideDuration: bigint,
    readonly startTime: bigint,
  ) {
    super();
  }
  args() {
    return [this.timeColumn, this.windowDuration, this.slideDuration, this.startTime];
  }
  get dataType(): DataType {
    return windowType(this.timeColumn.dataType);
  }
  override checkInputDataTypes(): TypeCheckFailure | undefined {
    const sqlExpr = `"${this.sql(true)}"`;
    const { dataType } = this.timeColumn;
    if (!isTimestamp(dataType) && !isWindow(dataType)) {
      const windows = [TIMESTAMP, TIMESTAMP_NTZ].map((t) => `"STRUCT<start: ${t.sql}, end: ${t.sql}>"`);
      return {
        condition: 'UNEXPECTED_INPUT_TYPE',
        parameters: {
          sqlExpr,
          paramIndex: 'first',
          requiredType: `("(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)" or ${windows.join(' or ')})`,
          inputSql: `"${this.timeColumn.sql(true)}"`,
          inputType: `"${dataType.sql}"`,
        },
      };
    }
    const { windowDuration, slideDuration, startTime } = this;
    for (const [name, value] of [
      ['window_duration', windowDuration],
      ['slide_duration', slideDuration],
    ] as const) {
      if (value > 0n) continue;
      return {
        condition: 'VALUE_OUT_OF_RANGE',
        parameters: { sqlExpr, exprName: `\`${name}\``, valueRange: `(0, ${LONG_MAX}]`, currentValue: `${value}L` },
      };
    }
    const start = startTime < 0n ? -startTime : startTime;
    if (slideDuration > windowDuration)
      return violation(sqlExpr, ['slide_duration', slideDuration], '<=', ['window_duration', windowDuration]);
    return start < slideDuration
      ? undefined
      : violation(sqlExpr, ['abs(start_time)', start], '<', ['slide_duration', slideDuration]);
  }
  override toString() {
    return `window(${this.timeColumn}, ${this.windowDuration}, ${this.slideDuration}, ${this.startTime})`;
  }
  override sql(pretty: boolean) {
    const { windowDuration, slideDuration, startTime } = this;
    return `window(${this.timeColumn.sql(pretty)}, ${windowDuration}, ${slideDuration}, ${startTime})`;
  }
}

function violation(
  sqlExpr: string,
  [leftExprName, left]: readonly [string, bigint],
  constraint: string,
  [rightExprName, right]: readonly [string, bigint],
): TypeCheckFailure {
  return {
    condition: 'PARAMETER_CONSTRAINT_VIOLATION',
    parameters: {
      sqlExpr,
      leftExprName: `\`${leftExprName}\``,
      leftExprValue: `${left}L`,
      constraint,
      rightExprName: `\`${rightExprName}\``,
      rightExprValue: `${right}L`,
    },
  };
}

/** The session that a moment begins or goes on, up to a gap. Spark: `SessionWindow`. */
export class SessionWindow extends WindowPlaceholder {
  readonly kind = 'SessionWindow';
  constructor(
    readonly timeColumn: Expression,
    readonly gapDuration: Expression,
  ) {
    super();
  }
  args() {
    return [this.timeColumn, this.gapDuration];
  }
  get dataType(): DataType {
    return windowType(this.timeColumn.dataType);
  }
  override toString() {
    return `session_window(${this.timeColumn}, ${this.gapDuration})`;
  }
  override sql(pretty: boolean) {
    return `session_window(${this.timeColumn.sql(pretty)}, ${this.gapDuration.sql(pretty)})`;
  }
}

/** The last moment of a window column. Spark: `WindowTime`. */
export class WindowTime extends WindowPlaceholder {
  readonly kind = 'WindowTime';
  constructor(readonly windowColumn: Expression) {
    super();
  }
  args() {
    return [this.windowColumn];
  }
  get dataType(): DataType {
    const { dataType } = this.windowColumn;
    return dataType.kind === 'struct' ? (dataType.fields[0]?.dataType ?? TIMESTAMP) : TIMESTAMP;
  }
  override toString() {
    return `window_time(${this.windowColumn})`;
  }
  override sql(pretty: boolean) {
    return `window_time(${this.windowColumn.sql(pretty)})`;
  }
}
