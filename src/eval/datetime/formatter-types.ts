import type { Zone } from '../../types/index.js';

/** A compiled datetime pattern. */
export interface DatetimeFormatter {
  /** Text of an instant shown in a zone. */
  format(micros: bigint, zone: Zone): string;
  /** Local microseconds and zone of a text. */
  parse(text: string): ParsedDatetime | ParseFailure;
}

export interface ParsedDatetime {
  readonly local: bigint;
  readonly zone: Zone | undefined;
}

/** Whose patterns count: true, SimpleDateFormat's; `fast`, those of its kin in CSV and JSON; `exception`, the new ones, but a text that only the old ones read is an error.
 * Spark: `spark.sql.legacy.timeParserPolicy`. */
export type OldPatterns = boolean | 'fast' | 'exception';

/** Why a text does not fit a pattern, in Java's words. */
export interface ParseFailure {
  readonly failedAt: number;
  readonly message: string;
}

/** The same policy for the texts of CSV and JSON. */
export const inTextFiles = (old: OldPatterns | undefined): OldPatterns => (old === true ? 'fast' : (old ?? false));
