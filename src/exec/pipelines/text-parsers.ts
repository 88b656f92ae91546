import { datetimeFormatter, type ParsedDatetime } from '../../eval/datetime/formatter.js';
import { parseDate, parseTimestampText } from '../../eval/datetime/parse-text.js';
import type { TextFormatter } from '../../storage/files/csv-writer.js';
import { TextOptions, type TextParsers } from '../../storage/files/text-options.js';
import { formatDays, toInstantMicros, toSqlString, UTC_ZONE, zoneOf } from '../../types/index.js';

const DAY = 86_400_000_000n;

/** Dates and timestamps as the SQL casts read them, or by pattern. */
export function textParsers(timeZone: string): TextParsers {
  const zone = zoneOf(timeZone);
  const byPattern = (text: string, pattern: string): ParsedDatetime | undefined => {
    const parsed = datetimeFormatter(pattern).parse(text);
    return 'local' in parsed ? parsed : undefined;
  };
  return {
    date: (text, pattern) => {
      if (pattern === undefined) return parseDate(text) ?? null;
      const parsed = byPattern(text, pattern);
      return parsed ? Number((parsed.local - (((parsed.local % DAY) + DAY) % DAY)) / DAY) : null;
    },
    timestamp: (text, zoned, pattern) => {
      const parsed = pattern === undefined ? parseTimestampText(text) : byPattern(text, pattern);
      if (!parsed) return null;
      return zoned ? toInstantMicros(parsed.local, parsed.zone ?? zone) : parsed.local;
    },
  };
}

/** Texts of values in CSV files: moments by the options' patterns, all else as the SQL casts write it. */
export function csvFormatter(timeZone: string, raw: Readonly<Record<string, string>>): TextFormatter {
  const options = new TextOptions(raw);
  const zone = zoneOf(options.get('timeZone') ?? timeZone);
  const date = options.get('dateFormat');
  const timestamp = datetimeFormatter(options.get('timestampFormat') ?? "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
  const local = datetimeFormatter(options.get('timestampNTZFormat') ?? "yyyy-MM-dd'T'HH:mm:ss.SSS");
  return (value, type) => {
    switch (type.kind) {
      case 'date':
        return date === undefined
          ? formatDays(value as number)
          : datetimeFormatter(date).format(BigInt(value as number) * DAY, UTC_ZONE);
      case 'timestamp':
        return timestamp.format(value as bigint, zone);
      case 'timestamp_ntz':
        return local.format(value as bigint, UTC_ZONE);
      default:
        return toSqlString(value, type, timeZone);
    }
  };
}
