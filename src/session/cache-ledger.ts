import type { CacheEvent, ListenerBus } from '../plan/cache/listener-bus.js';
import { InMemoryRelation, LocalRelation, type LogicalPlan, LogicalRelation, Range } from '../plan/logical/index.js';
import { callSite } from './cache-call-site.js';

/** What happened to one entry so far. It goes with the entry; one that is made anew (REFRESH, INSERT) keeps it. */
export interface EntryHistory {
  readonly createdAt: Date;
  /** Where the program asked for it: `/app/job.ts:12:3`. */
  readonly createdBy: string | undefined;
  /** Fragments of queries that the entry answered, counted when a query is planned, so that EXPLAIN counts as well. */
  readonly hits: number;
  readonly lastHitAt: Date | undefined;
  /** Blocks that memory pressure took out of memory, whether or not a copy is on disk. */
  readonly blocksEvicted: number;
  /** Reads of blocks from disk. */
  readonly blocksReadBack: number;
  /** Times that stored data was given up, to be made anew. */
  readonly recached: number;
}

interface Row {
  createdAt: Date;
  createdBy: string | undefined;
  /** Number of misses, of any plan, before the entry was there. */
  born: number;
  hits: number;
  lastHitAt: Date | undefined;
  blocksEvicted: number;
  blocksReadBack: number;
  recached: number;
  /** Something was stored since the entry was made, or made anew. */
  filled: boolean;
}

/** Look-ups that left the same tables unanswered. */
interface Missed {
  readonly sources: ReadonlySet<string>;
  /** Their serial numbers, ascending. */
  serials: number[];
}

/** An event and when it came. */
export interface TimedEvent {
  readonly at: Date;
  readonly event: CacheEvent;
}

const MOST_EVENTS = 1_000;
/** Different sets of tables whose misses are kept, and misses of each. */
const MOST_SETS = 1_000;
const MOST_SERIALS = 10_000;

/** Counts, from the events of the bus, what each entry was good for. A bounded record: it never grows with the number of queries. */
export class CacheLedger {
  readonly #rows = new Map<number, Row>();
  readonly #missed = new Map<string, Missed>();
  #misses = 0;
  #events: TimedEvent[] = [];
  #filling = 0;

  constructor(bus: ListenerBus) {
    bus.subscribe((e) => this.#note(e));
  }

  /** The last events, oldest first. */
  get events(): readonly TimedEvent[] {
    return this.#events.slice(-MOST_EVENTS);
  }

  history(entry: number): EntryHistory | undefined {
    return this.#rows.get(entry);
  }

  /** Look-ups since the entry was made which still had to read all tables that `plan`, the entry's, reads: those that came near,
   * but did not hit. A plan over no table is never missed. */
  misses(entry: number, plan: LogicalPlan): number {
    const born = this.#rows.get(entry)?.born ?? 0;
    const wanted = sourcesOf(plan);
    if (wanted.size === 0) return 0;
    let count = 0;
    for (const { sources, serials } of this.#missed.values())
      if ([...wanted].every((s) => sources.has(s))) count += serials.length - firstAfter(serials, born);
    return count;
  }

  /** Tells of a planned query: what it reads besides cached relations. */
  planned(plan: LogicalPlan): void {
    if (this.#rows.size === 0 || this.#filling > 0) return;
    const sources = sourcesOf(plan);
    if (sources.size === 0) return;
    this.#misses++;
    const key = [...sources].sort().join('\n');
    let missed = this.#missed.get(key);
    if (!missed) {
      if (this.#missed.size >= MOST_SETS) this.#missed.delete(this.#missed.keys().next().value as string);
      this.#missed.set(key, (missed = { sources, serials: [] }));
    }
    missed.serials.push(this.#misses);
    if (missed.serials.length > MOST_SERIALS) missed.serials = missed.serials.slice(MOST_SERIALS / 2);
  }

  /** What `plan` looks up only serves to fill an entry: no hit to speak of. */
  filling<T>(plan: () => T): T {
    this.#filling++;
    try {
      return plan();
    } finally {
      this.#filling--;
    }
  }

  #note(event: CacheEvent): void {
    this.#events.push({ at: new Date(), event });
    if (this.#events.length > 2 * MOST_EVENTS) this.#events = this.#events.slice(-MOST_EVENTS);
    switch (event.type) {
      case 'cached':
        this.#rows.set(event.entry, {
          createdAt: new Date(),
          createdBy: callSite(),
          born: this.#misses,
          hits: 0,
          lastHitAt: undefined,
          blocksEvicted: 0,
          blocksReadBack: 0,
          recached: 0,
          filled: false,
        });
        break;
      case 'recached': {
        const row = this.#rows.get(event.replaces);
        if (!row) break;
        this.#rows.delete(event.replaces);
        if (row.filled) row.recached++;
        row.filled = false;
        this.#rows.set(event.entry, row);
        break;
      }
      case 'materialized': {
        const row = this.#rows.get(event.entry);
        if (row) row.filled = true;
        break;
      }
      case 'unpersisted':
        this.#rows.delete(event.entry);
        break;
      case 'hit': {
        const row = this.#rows.get(event.entry);
        if (!row || this.#filling > 0) break;
        row.hits++;
        row.lastHitAt = new Date();
        break;
      }
      case 'evicted':
      case 'readBack': {
        const row = this.#rows.get(Number(event.block.split('_')[1]));
        if (!row) break;
        if (event.type === 'evicted') row.blocksEvicted++;
        else row.blocksReadBack++;
        break;
      }
    }
  }
}

const known = new WeakMap<LogicalPlan, ReadonlySet<string>>();

/** What a plan reads, as far as it is not cached: files, local rows, ranges. */
function sourcesOf(plan: LogicalPlan): ReadonlySet<string> {
  let sources = known.get(plan);
  if (sources) return sources;
  const found = new Set<string>();
  plan.foreachWithSubqueries((p) => {
    if (p instanceof LogicalRelation) found.add(p.relation.key);
    else if (p instanceof LocalRelation) found.add(`local ${p.identity ?? p.rows.length}`);
    else if (p instanceof Range) found.add('range');
  });
  if (!plan.exists((p) => p instanceof InMemoryRelation)) known.set(plan, (sources = found));
  return sources ?? found;
}

/** Index of the first number above `n` in an ascending list. */
function firstAfter(list: readonly number[], n: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as number) > n) high = middle;
    else low = middle + 1;
  }
  return low;
}
