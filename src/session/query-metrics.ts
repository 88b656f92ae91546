/** What one query read and did: summed over its tasks. */
export interface QueryMetrics {
  readonly rows: number;
  /** From files. */
  readonly bytesRead: number;
  /** Bytes of blocks that came from the persistent cache. */
  readonly persistentBytesRead: number;
  /** Batches of cached relations that were read, and that their statistics ruled out. Spark: `readBatches`. */
  readonly batchesRead: number;
  readonly batchesPruned: number;
  /** Partitions with a batch that was read. Spark: `readPartitions`. */
  readonly cachedPartitionsRead: number;
  /** Rows of the batches that were read, before any filter. Spark: `numOutputRows` of the scan. */
  readonly cachedRowsRead: number;
  /** Bytes, as stored, of the columns that the query needs of these batches. */
  readonly cachedBytesRead: number;
  /** Wall time of the stages that read files or cached relations, milliseconds: of what lies between the plan and the rows, all
   * but lowering, merging and handing over. Stages side by side each count. */
  readonly scanMs: number;
  /** Wall time of planning and running, milliseconds. */
  readonly elapsedMs: number;
}

/** Metrics by name, summed over plan nodes. */
export type Counts = Readonly<Record<string, number>>;

/** What a run counted. */
interface Counted {
  readonly metrics: ReadonlyMap<number, Counts>;
}

export function addCounts(into: Record<string, number>, { metrics }: Counted): void {
  for (const counts of metrics.values())
    for (const [name, n] of Object.entries(counts)) into[name] = (into[name] ?? 0) + n;
}

const NAMES = [
  'bytesRead',
  'persistentBytesRead',
  'batchesRead',
  'batchesPruned',
  'cachedPartitionsRead',
  'cachedRowsRead',
  'cachedBytesRead',
  'scanMs',
] as const;

/** @param parts what the query and all that ran before it counted */
export function queryMetrics(rows: number, elapsedMs: number, ...parts: readonly Counts[]): QueryMetrics {
  const sum = (name: string) => parts.reduce((n, p) => n + (p[name] ?? 0), 0);
  const counts = Object.fromEntries(NAMES.map((n) => [n, sum(n)])) as Record<(typeof NAMES)[number], number>;
  return { rows, ...counts, elapsedMs };
}
