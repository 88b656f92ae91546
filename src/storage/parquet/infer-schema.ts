import type { StructType } from '../../types/index.js';
import { readFooterSync } from '../files/file-metadata-cache.js';
import { mergeStructs } from '../files/merge-schema.js';
import { type SchemaOptions, sparkSchema } from './spark-schema.js';

/** The schema of a set of Parquet files: that of the first by path, or all merged. Blocking. @returns undefined if there are no files
 * @throws CANNOT_MERGE_SCHEMAS, FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER
 * Spark: `ParquetUtils.inferSchema`. */
export function inferParquetSchema(
  paths: readonly string[],
  options: SchemaOptions & { readonly mergeSchema?: boolean; readonly caseSensitive?: boolean } = {},
): StructType | undefined {
  const [first, ...rest] = [...paths].sort();
  if (first === undefined) return undefined;
  let schema = sparkSchema(readFooterSync(first), options);
  if (options.mergeSchema)
    for (const path of rest)
      schema = mergeStructs(schema, sparkSchema(readFooterSync(path), options), options.caseSensitive ?? false);
  return schema;
}
