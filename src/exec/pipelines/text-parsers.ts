import { datetimeFormatter, type ParsedDatetime } from '../../eval/datetime/formatter.js';
import { parseDate, parseTimestampText } from '../../eval/datetime/parse-text.js';
import type { TextParsers } from '../../storage/files/text-options.js';
import { toInstantMicros, zoneOf } from '../../types/index.js';

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
