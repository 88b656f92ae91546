import type { Place } from './findings.js';

/** Something that a statement did to an entry. */
export interface LifeEvent {
  readonly statement: number;
  readonly place: Place;
}
export interface Drop extends LifeEvent {
  /** The statement names the entry: UNCACHE TABLE, DROP VIEW… of this very name, or CLEAR CACHE. */
  readonly own: boolean;
  /** First words of the statement. */
  readonly by: string;
}
export interface Change extends LifeEvent {
  readonly by: string;
  /** Reads before it. */
  readonly readsBefore: number;
  /** Blocks were stored, as far as can be told. */
  readonly wasLoaded: boolean;
}

/** What happens to one cache entry in the course of a job. */
export class EntryLife {
  readonly reads: LifeEvent[] = [];
  readonly changes: Change[] = [];
  /** The last query that came near and missed it. */
  missed: (LifeEvent & { readonly reason: string }) | undefined;
  dropped: Drop | undefined;
  /** Data changed and Spark did not notice. */
  stale: (LifeEvent & { readonly by: string }) | undefined;
  constructor(
    readonly name: string,
    readonly born: LifeEvent,
    readonly eager: boolean,
    readonly level: string,
  ) {}
}
