import type { Zone } from '../../types/index.js';

/** Offsets: `X` prints Z for zero, `x` does not; 1: +hh[mm], 2: +hhmm, 3: +hh:mm, 4: +hhmm[ss], 5: +hh:mm[:ss]. */
export function offsetText(seconds: number, count: number, zero: string | undefined): string {
  if (seconds === 0 && zero !== undefined) return zero;
  const abs = Math.abs(seconds);
  const [h, m, s] = [Math.floor(abs / 3600), Math.floor((abs % 3600) / 60), abs % 60].map((n) =>
    String(n).padStart(2, '0'),
  ) as [string, string, string];
  const sign = seconds < 0 ? '-' : '+';
  const colon = count === 3 || count === 5 ? ':' : '';
  const minutes = count === 1 && m === '00' ? '' : colon + m;
  const tail = count >= 4 && s !== '00' ? colon + s : '';
  return sign + h + minutes + tail;
}

/** Offsets behind `GMT`; `full`: two-digit hours and always minutes. */
export function localizedOffset(seconds: number, full: boolean): string {
  if (seconds === 0) return 'GMT';
  const abs = Math.abs(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const h = Math.floor(abs / 3600);
  const m = Math.floor((abs % 3600) / 60);
  const s = abs % 60;
  const tail = s === 0 ? '' : `:${two(s)}`;
  const sign = seconds < 0 ? '-' : '+';
  if (full) return `GMT${sign}${two(h)}:${two(m)}${tail}`;
  return `GMT${sign}${h}${m === 0 && s === 0 ? '' : `:${two(m)}`}${tail}`;
}

/** 2000-01-01 and 2000-07-01: one of them shows a zone's standard time, the other its summer time if it has one. */
const WINTER = 946_684_800;
const SUMMER = 962_409_600;

/** Name of a zone as at an instant, e.g. `PST` or `Pacific Standard Time`. Before 1970, where names are not on record, it is
 * the one that has the offset today, or else that of standard time. */
export function zoneName(zone: Zone, micros: bigint, long: boolean): string {
  if (zone.id === 'UTC' || zone.id === 'Z') return long ? 'Coordinated Universal Time' : 'UTC';
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone.id,
      timeZoneName: long ? 'long' : 'short',
    }).formatToParts(namedSecond(zone, Number(micros / 1_000_000n)) * 1000);
    return parts.find((p) => p.type === 'timeZoneName')?.value ?? zone.id;
  } catch {
    return zone.id;
  }
}

function namedSecond(zone: Zone, second: number): number {
  if (second >= 0) return second;
  const offset = zone.offsetAt(second);
  if (zone.offsetAt(WINTER) === offset) return WINTER;
  if (zone.offsetAt(SUMMER) === offset) return SUMMER;
  return zone.offsetAt(WINTER) <= zone.offsetAt(SUMMER) ? WINTER : SUMMER;
}
