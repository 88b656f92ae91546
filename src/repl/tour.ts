/** The guided tour: what to say, and what to run. */
export interface TourStep {
  readonly say: string;
  readonly sql?: string;
}

export const TOUR: readonly TourStep[] = [
  {
    say: 'Spark (and memoframe) match cached plans as you wrote them, before the optimizer. First we cache a query over the\nflights: select two columns, then filter.',
    sql: 'CACHE TABLE late AS SELECT * FROM (SELECT origin, delay FROM flights) WHERE delay > 60',
  },
  {
    say: 'The same rows, but the filter now stands before the select. The optimizer would make both plans equal; the cache\nlooks earlier, so this misses:',
    sql: 'EXPLAIN CACHE SELECT origin, delay FROM flights WHERE delay > 60',
  },
  {
    say: 'It reads the file again:',
    sql: 'SELECT count(*) AS n, max(delay) AS worst FROM (SELECT origin, delay FROM flights WHERE delay > 60)',
  },
  {
    say: 'Written in the order of the cached plan, it hits:',
    sql: 'EXPLAIN CACHE SELECT * FROM (SELECT origin, delay FROM flights) WHERE delay > 60',
  },
  {
    say: 'And no byte comes from the file:',
    sql: 'SELECT count(*) AS n, max(delay) AS worst FROM (SELECT * FROM (SELECT origin, delay FROM flights) WHERE delay > 60)',
  },
  { say: 'Clean up:', sql: 'DROP VIEW late' },
];
