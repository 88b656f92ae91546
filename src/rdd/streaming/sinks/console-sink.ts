import type { DataFrame } from '../../../session/dataframe.js';
import { showString } from '../../../session/show.js';
import type { StreamOptions } from '../options.js';
import type { BatchOutcome, Sink } from './sink.js';

const LINE = '-------------------------------------------';

/** Prints each batch. Options `numRows` (20) and `truncate` (true). Spark: `ConsoleWrite`. */
export class ConsoleSink implements Sink {
  readonly description = 'ConsoleTable';
  constructor(
    private readonly options: StreamOptions,
    private readonly print: (text: string) => void = (text) => void process.stdout.write(text),
  ) {}
  async addBatch(batchId: number, batch: DataFrame, signal: AbortSignal): Promise<BatchOutcome> {
    let counts: BatchOutcome['counts'];
    const onCounts = (c: BatchOutcome['counts']): void => {
      counts = c;
    };
    const rows = await batch.collectValues({ signal, onCounts });
    const n = this.options.positive('numRows') ?? 20;
    const table = showString(batch.schema, rows, {
      n,
      truncate: this.options.flag('truncate', true) ? 20 : 0,
      vertical: false,
      timeZone: batch.sparkSession.timeZone,
    });
    this.print(`${LINE}\nBatch: ${batchId}\n${LINE}\n${table}${rows.length > n ? '' : '\n'}`);
    return { rows: rows.length, counts };
  }
}
