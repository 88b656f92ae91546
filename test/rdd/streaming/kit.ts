import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataFrame, SparkSession } from '../../../src/index.js';

/** A folder of its own for each test, with a clock for the files in it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'stream-test-'));
  #seconds = 1_700_000_000;
  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }
  /** A file that is a second younger than the one before. */
  put(name: string, text: string, seconds = ++this.#seconds): string {
    const path = this.at(name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, seconds, seconds);
    return path;
  }
  /** Files f0.csv, f1.csv, … of so many rows `id,n<id>` each. */
  putRows(files: number, rows: number, from = 0): void {
    for (let f = from; f < from + files; f++) {
      const lines = Array.from({ length: rows }, (_, r) => `${f * rows + r},n${f * rows + r}\n`);
      this.put(`in/f${String(f).padStart(3, '0')}.csv`, lines.join(''));
    }
  }
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Of the files of `Folder.putRows`. */
export const SCHEMA = 'id INT, name STRING';

/** A stream of the files of `Folder.putRows`. */
export function csvStream(spark: SparkSession, folder: Folder, maxFilesPerTrigger?: number): DataFrame {
  const reader = spark.readStream.format('csv').schema(SCHEMA);
  if (maxFilesPerTrigger !== undefined) reader.option('maxFilesPerTrigger', maxFilesPerTrigger);
  return reader.load(folder.at('in'));
}

/** The ids of all rows, in order. */
export async function ids(df: DataFrame): Promise<number[]> {
  return (await df.select('id').collectArrays()).map(([id]) => Number(id)).sort((a, b) => a - b);
}
/** The numbers from 0 on. */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
