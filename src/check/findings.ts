/** How bad a finding is: an `error` fails in Spark too, a `warning` costs what the cache was made to save, a `note` is worth a look. */
export type Severity = 'error' | 'warning' | 'note';

export interface Rule {
  readonly severity: Severity;
  /** One sentence, for lists of rules. */
  readonly title: string;
  /** What to do about it. */
  readonly help: string;
}

/** What `memoframe check` can find. A closed list; `docs/check.md` describes each. */
export const RULES = {
  'parse-error': {
    severity: 'error',
    title: 'The statement cannot be parsed.',
    help: 'Correct the text at the place shown. The statements after it are checked as if it were not there.',
  },
  'missing-table': {
    severity: 'error',
    title: 'A table, view or file is not known.',
    help: 'Give its CREATE TABLE in the job, or in a file named by --schema; or have the Parquet files where the path says, so that their footers can be read.',
  },
  'analysis-error': {
    severity: 'error',
    title: 'The statement cannot be analyzed.',
    help: 'Spark rejects the statement with this condition.',
  },
  'not-checked': {
    severity: 'note',
    title: 'The statement is one that memoframe does not know.',
    help: 'Spark may run it. What follows is checked as if it were not there.',
  },
  'cache-miss': {
    severity: 'warning',
    title: 'The query reads no cache, though something over its tables is cached.',
    help: 'Where a rewrite is given, it reads the cache and gives the same rows. The reason codes are in docs/explain-cache.md.',
  },
  'smaller-hit': {
    severity: 'note',
    title: 'The query reads a cached plan, but another one holds more of its work.',
    help: 'The rewrite reads the other entry.',
  },
  'stale-hit': {
    severity: 'warning',
    title: 'The query reads cached rows that are older than the data.',
    help: 'Spark does not notice this change. REFRESH TABLE, or UNCACHE TABLE and cache again, after the data changes.',
  },
  'never-hit': {
    severity: 'warning',
    title: 'Nothing reads what is cached.',
    help: 'Remove the CACHE TABLE, or write the queries so that they read it.',
  },
  'unused-before-drop': {
    severity: 'warning',
    title: 'The cache is dropped before anything reads it.',
    help: 'Remove both statements, or move the queries between them.',
  },
  'used-once': {
    severity: 'note',
    title: 'What is cached is read only once.',
    help: 'Computing, storing and reading once costs more than computing once: read it directly.',
  },
  'cached-twice': {
    severity: 'warning',
    title: 'The same plan is cached already.',
    help: 'Spark keeps the first entry with its level and name, and only warns.',
  },
  'uncache-nothing': {
    severity: 'note',
    title: 'There is nothing to uncache.',
    help: 'The plan is not cached at this point, or was never, or is cached under a different plan.',
  },
  'cache-dropped': {
    severity: 'warning',
    title: 'A statement about something else drops a cache.',
    help: 'Spark takes entries away with the table or view that they read. Cache again afterwards, or cache later.',
  },
  'cache-recomputed': {
    severity: 'note',
    title: 'A change of the data throws the stored rows away.',
    help: 'The entry stays and is computed again by the next query that reads it. Cache after the last change.',
  },
} as const satisfies Readonly<Record<string, Rule>>;
export type RuleId = keyof typeof RULES;
export const RULE_IDS = Object.keys(RULES) as RuleId[];

/** A stretch of a file: offsets in UTF-16 units, `stop` exclusive; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly start: number;
  readonly stop: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Another place that belongs to a finding. */
export interface Related {
  readonly place: Place;
  readonly message: string;
}

/** Text to put in the place of a stretch of the file. Applied, the statement reads the cache and gives the same rows. */
export interface Fix {
  readonly place: Place;
  readonly text: string;
}

export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** Number of the statement in its file, from 1. */
  readonly statement: number;
  readonly place: Place;
  readonly message: string;
  /** Of an error: Spark's condition and SQLSTATE. */
  readonly condition?: string | undefined;
  readonly sqlState?: string | undefined;
  /** Of a miss: a code of `MISS_REASONS`. */
  readonly reason?: string | undefined;
  readonly hint?: string | undefined;
  /** A query that reads the cache and gives the rows of the query, or of a part of it. */
  readonly rewrite?: string | undefined;
  readonly fix?: Fix | undefined;
  readonly related: readonly Related[];
}
