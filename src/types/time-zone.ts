import { runtimeError } from '../errors/index.js';
import { floorDiv } from './calendar.js';

/** Offsets of one zone. A region's transitions are read from Intl once; fixed offsets have none. */
export interface Zone {
  readonly id: string;
  /** Seconds east of UTC at an instant given in seconds since the epoch. */
  offsetAt(epochSeconds: number): number;
}

class FixedZone implements Zone {
  constructor(
    readonly id: string,
    readonly seconds: number,
  ) {}
  offsetAt(): number {
    return this.seconds;
  }
}

/** 1850-01-01 and 2100-01-01, the span of the transition table; outside it Intl is asked per value. */
const TABLE_START = -3_786_825_600;
const TABLE_END = 4_102_444_800;
/** After 400 years the calendar, weekdays and all, starts anew; dates beyond JavaScript's are asked for within one cycle. */
const CYCLE = 146_097 * 86_400;
/** Shorter than any stay at one offset known to the tz database, so no pair of transitions is stepped over. */
const STEP_SECONDS = 6 * 86_400;

class RegionZone implements Zone {
  readonly #format: Intl.DateTimeFormat;
  #starts: number[] | undefined;
  #offsets: number[] = [];
  constructor(readonly id: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: id, timeZoneName: 'longOffset' });
  }
  offsetAt(epochSeconds: number): number {
    if (epochSeconds >= TABLE_END) return this.#ask(TABLE_END + ((epochSeconds - TABLE_END) % CYCLE));
    const starts = (this.#starts ??= this.#build());
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if ((starts[mid] as number) <= epochSeconds) low = mid;
      else high = mid - 1;
    }
    return this.#offsets[low] as number;
  }
  #build(): number[] {
    const starts = [Number.NEGATIVE_INFINITY];
    let before = this.#ask(TABLE_START);
    this.#offsets = [before];
    for (let t = TABLE_START; t < TABLE_END; t += STEP_SECONDS) {
      const next = this.#ask(t + STEP_SECONDS);
      if (next === before) continue;
      let low = t;
      let high = t + STEP_SECONDS;
      while (high - low > 1) {
        const mid = Math.floor((low + high) / 2);
        if (this.#ask(mid) === before) low = mid;
        else high = mid;
      }
      starts.push(high);
      this.#offsets.push(next);
      before = next;
    }
    return starts;
  }
  #ask(epochSeconds: number): number {
    const text = this.#format.format(epochSeconds * 1000);
    const match = /GMT(?:([+-])(\d{1,2}):?(\d{2})?(?::(\d{2}))?)?$/.exec(text);
    if (!match?.[1]) return 0;
    const seconds = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
    return match[1] === '-' ? -seconds : seconds;
  }
}

const zones = new Map<string, Zone>();
export const UTC_ZONE: Zone = new FixedZone('UTC', 0);

/** Java's short ids that Intl does not know, from `ZoneId.SHORT_IDS`. */
const SHORT_IDS: Readonly<Record<string, string>> = {
  ACT: 'Australia/Darwin',
  AET: 'Australia/Sydney',
  AGT: 'America/Argentina/Buenos_Aires',
  ART: 'Africa/Cairo',
  AST: 'America/Anchorage',
  BET: 'America/Sao_Paulo',
  BST: 'Asia/Dhaka',
  CAT: 'Africa/Harare',
  CNT: 'America/St_Johns',
  CST: 'America/Chicago',
  CTT: 'Asia/Shanghai',
  EAT: 'Africa/Addis_Ababa',
  ECT: 'Europe/Paris',
  IET: 'America/Indiana/Indianapolis',
  IST: 'Asia/Kolkata',
  JST: 'Asia/Tokyo',
  MIT: 'Pacific/Apia',
  NET: 'Asia/Yerevan',
  NST: 'Pacific/Auckland',
  PLT: 'Asia/Karachi',
  PNT: 'America/Phoenix',
  PRT: 'America/Puerto_Rico',
  PST: 'America/Los_Angeles',
  SST: 'Pacific/Guadalcanal',
  VST: 'Asia/Ho_Chi_Minh',
  EST: '-05:00',
  MST: '-07:00',
  HST: '-10:00',
};

/** The zone of an id as Spark reads it: region, short id, `UTC`/`GMT`/`Z`, offsets like `+1`, `-08:00`, `GMT+2`.
 * @returns undefined for an unknown id. Spark: `DateTimeUtils.getZoneId`. */
export function findZone(id: string): Zone | undefined {
  const known = zones.get(id);
  if (known) return known;
  const zone = makeZone(id);
  if (zone) zones.set(id, zone);
  return zone;
}

/** @throws INVALID_TIMEZONE */
export function zoneOf(id: string): Zone {
  const zone = findZone(id);
  if (!zone) throw runtimeError('INVALID_TIMEZONE', { timeZone: id });
  return zone;
}

function makeZone(id: string): Zone | undefined {
  if (id === 'UTC' || id === 'Z' || id === 'GMT' || id === 'UT' || id === 'Etc/UTC') return UTC_ZONE;
  const offset = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{1,2}))?(?::?(\d{2}))?$/.exec(id);
  if (offset) {
    const h = Number(offset[2]);
    const m = Number(offset[3] ?? 0);
    const s = Number(offset[4] ?? 0);
    const total = h * 3600 + m * 60 + s;
    if (m > 59 || s > 59 || total > 18 * 3600) return undefined;
    return new FixedZone(id, offset[1] === '-' ? -total : total);
  }
  const short = SHORT_IDS[id];
  if (short !== undefined) return findZone(short);
  // Intl takes any case, Java only the ids as they are spelt: every part of one starts with a capital.
  if (!/^[A-Z][A-Za-z0-9~._+-]+(?:\/[A-Z][A-Za-z0-9~._+-]*)*$/.test(id)) return undefined;
  try {
    return new RegionZone(id);
  } catch {
    return undefined;
  }
}

/** Instant (µs since the epoch) to local microseconds (as if in UTC). */
export function toLocalMicros(micros: bigint, zone: Zone): bigint {
  if (zone === UTC_ZONE) return micros;
  return micros + BigInt(zone.offsetAt(Number(floorDiv(micros, 1_000_000n)))) * 1_000_000n;
}

/** Local microseconds to the instant. In an overlap the earlier offset counts, in a gap the time moves on by the gap's
 * length. Java: `ZonedDateTime.of`. */
export function toInstantMicros(local: bigint, zone: Zone): bigint {
  if (zone === UTC_ZONE) return local;
  const seconds = Number(floorDiv(local, 1_000_000n));
  const early = zone.offsetAt(seconds - 86_400);
  const late = zone.offsetAt(seconds + 86_400);
  // Both offsets around a transition are tried, the one before it first: that is Java's choice in gaps and overlaps.
  let offset = early;
  if (early !== late && zone.offsetAt(seconds - early) !== early && zone.offsetAt(seconds - late) === late)
    offset = late;
  return local - BigInt(offset) * 1_000_000n;
}
