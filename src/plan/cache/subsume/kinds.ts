/** What is done with a cached plan's rows to get a query's, by view matching; a match may be of several kinds. A closed list. */
export const SUBSUMPTION_KINDS = [
  /** The same rows and columns, written otherwise. */
  'SAME_ROWS',
  /** Conditions of the query that the cached plan lacks are put on top. */
  'STRONGER_FILTER',
  /** A condition of the cached plan follows from others of the query. */
  'IMPLIED_FILTER',
  /** Some cached columns are left out. */
  'COLUMN_SUBSET',
  /** Columns are computed from cached ones. */
  'COMPUTED_COLUMNS',
  /** A column stands for another that the query's conditions make equal. */
  'EQUAL_COLUMNS',
  /** The query's inner joins come in another order. */
  'JOIN_ORDER',
  /** Further tables are joined to the cached rows. */
  'EXTRA_TABLES',
  /** Cached rows are grouped. */
  'GROUPED_ROWS',
  /** Cached groups are put together to coarser ones. */
  'COARSER_GROUPS',
  'SUM_OF_SUMS',
  'SUM_OF_COUNTS',
  'MIN_OF_MINS',
  'MAX_OF_MAXES',
  'AVERAGE_OF_SUMS_AND_COUNTS',
  /** Moments that are truncated are truncated to a coarser unit. */
  'COARSER_TRUNCATION',
] as const;

export type SubsumptionKind = (typeof SUBSUMPTION_KINDS)[number];
