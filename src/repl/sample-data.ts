import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SparkSession } from '../index.js';

const here = dirname(fileURLToPath(import.meta.url));

/** Three million real flights where `vega-datasets` is installed (a clone of the project), else the sample that the package
 * carries. @returns undefined if neither is there */
export function flightsFile(): string | undefined {
  const roots = [join(here, '..'), join(here, '../..')];
  const candidates = [
    ...roots.map((r) => join(r, 'node_modules/vega-datasets/data/flights-3m.parquet')),
    ...roots.map((r) => join(r, 'samples/flights.parquet')),
  ];
  return candidates.find((c) => existsSync(c));
}

/** Registers view `flights`. @returns a sentence on it, or undefined */
export function registerSample(spark: SparkSession): string | undefined {
  const file = flightsFile();
  if (file === undefined) return undefined;
  const df = spark.read.parquet(file);
  df.createOrReplaceTempView('flights');
  return `view flights (${df.columns.join(', ')})`;
}
