import { utcTimestamp } from './partition-values.js';

export type ParseMode = 'PERMISSIVE' | 'DROPMALFORMED' | 'FAILFAST';

/** How texts become dates and timestamps: given by the session, which knows time zone and patterns. Null: not one. */
export interface TextParsers {
  /** Days since the epoch. `pattern`: of the option, or none for Spark's default. */
  date(text: string, pattern?: string): number | null;
  /** Microseconds; `zoned` false for timestamp_ntz. */
  timestamp(text: string, zoned: boolean, pattern?: string): bigint | null;
}

const ZONE = /(Z|[+-]\d{2}:?\d{2})$/;

/** ISO texts in UTC, without patterns. */
export const UTC_PARSERS: TextParsers = {
  date(text) {
    const micros = /^\d{4}-\d{2}-\d{2}/.test(text) ? utcTimestamp(text.slice(0, 10)) : null;
    return micros === null || (text.length > 10 && !/^[T ]/.test(text.slice(10)))
      ? null
      : Number(micros / 86_400_000_000n);
  },
  timestamp(text, zoned) {
    const zone = zoned ? ZONE.exec(text.slice(10)) : null;
    const local = utcTimestamp(zone ? text.slice(0, -(zone[0] as string).length) : text);
    if (local === null || !zone || zone[1] === 'Z') return local;
    const offset = (zone[1] as string).replace(':', '');
    const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3));
    return local - BigInt(offset[0] === '-' ? -minutes : minutes) * 60_000_000n;
  },
};

/** Options of a data source by lower-cased name. */
export class TextOptions {
  readonly #options: ReadonlyMap<string, string>;

  constructor(options: Readonly<Record<string, string>>) {
    this.#options = new Map(Object.entries(options).map(([k, v]) => [k.toLowerCase(), v]));
  }

  get(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const value = this.#options.get(name.toLowerCase());
      if (value !== undefined) return value;
    }
    return undefined;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.get(name);
    return value === undefined ? fallback : value.toLowerCase() === 'true';
  }

  get mode(): ParseMode {
    const mode = this.get('mode')?.toUpperCase();
    // Spark takes an unknown mode for PERMISSIVE.
    return mode === 'DROPMALFORMED' || mode === 'FAILFAST' ? mode : 'PERMISSIVE';
  }

  get corruptColumn(): string {
    return this.get('columnNameOfCorruptRecord') ?? '_corrupt_record';
  }
}
