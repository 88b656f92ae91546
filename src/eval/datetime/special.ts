import { findZone, MICROS_PER_DAY, splitMicros, toInstantMicros, toLocalMicros, type Zone } from '../../types/index.js';

const SPECIAL = /^(epoch|now|today|tomorrow|yesterday)[ \t]*(.*)$/i;
const DAY_SHIFTS: Readonly<Record<string, number>> = { now: 0, today: 0, tomorrow: 1, yesterday: -1 };

/** The special word of a text. A zone behind it must be one, but does not count; `now` takes none.
 * Spark: `DateTimeUtils.extractSpecialValue`. */
function specialWord(text: string): string | undefined {
  const match = SPECIAL.exec(text.trim());
  if (!match) return undefined;
  const word = (match[1] as string).toLowerCase();
  const zone = match[2] as string;
  if (zone === '') return word;
  return word === 'now' || findZone(zone) === undefined ? undefined : word;
}

const clock = (): bigint => BigInt(Date.now()) * 1000n;

/** Days of `epoch`, `now`, `today`, `yesterday`, `tomorrow`. Spark: `convertSpecialDate`. */
export function specialDay(text: string, zone: Zone, now = clock()): number | undefined {
  const word = specialWord(text);
  if (word === undefined) return undefined;
  return word === 'epoch' ? 0 : splitMicros(toLocalMicros(now, zone)).days + (DAY_SHIFTS[word] as number);
}
/** Spark: `convertSpecialTimestamp`. */
export function specialInstant(text: string, zone: Zone, now = clock()): bigint | undefined {
  const word = specialWord(text);
  if (word === 'epoch') return 0n;
  if (word === 'now') return now;
  const day = specialDay(text, zone, now);
  return day === undefined ? undefined : toInstantMicros(BigInt(day) * MICROS_PER_DAY, zone);
}
/** Spark: `convertSpecialTimestampNTZ`. */
export function specialLocal(text: string, zone: Zone, now = clock()): bigint | undefined {
  if (specialWord(text) === 'now') return toLocalMicros(now, zone);
  const day = specialDay(text, zone, now);
  return day === undefined ? undefined : BigInt(day) * MICROS_PER_DAY;
}
