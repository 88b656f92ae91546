import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isCompressedText } from '../storage/files/compressed-text.js';
import { expandGlob, isGlob } from '../storage/files/glob.js';
import { localPath } from '../storage/files/listing.js';
import { javaError } from './java-errors.js';
import type { TextSplit } from './lineage/spec.js';

/** What Hadoop takes for the block size of local files. */
const BLOCK_BYTES = 32 * 1024 * 1024;
/** A last piece may be this much longer than the others. */
const SLOP = 1.1;

/** Pieces of the files that a path names. Hadoop: `FileInputFormat.getSplits`.
 * @throws org.apache.hadoop.mapred.InvalidInputException where there is no such file */
export function textSplits(path: string, minPartitions: number): TextSplit[] {
  const files = path.split(/,(?![^{]*\})/).flatMap((p) => filesOf(p.trim()));
  const total = files.reduce((sum, f) => sum + f.size, 0);
  const goal = Math.floor(total / Math.max(1, minPartitions));
  const size = Math.max(1, Math.min(goal, BLOCK_BYTES));
  return files.flatMap((f): TextSplit[] => {
    // Spark: `spark.hadoopRDD.ignoreEmptySplits`
    if (f.size === 0) return [];
    if (isCompressedText(f.path)) return [{ path: f.path, start: 0, length: f.size }];
    const splits: TextSplit[] = [];
    let left = f.size;
    for (; left / size > SLOP; left -= size) splits.push({ path: f.path, start: f.size - left, length: size });
    if (left > 0) splits.push({ path: f.path, start: f.size - left, length: left });
    return splits;
  });
}

function filesOf(path: string): { path: string; size: number }[] {
  const local = resolve(localPath(path));
  const found = isGlob(local) ? expandGlob(local) : existsSync(local) ? [local] : [];
  if (found.length === 0) {
    const message = isGlob(local)
      ? `Input Pattern file:${local} matches 0 files`
      : `Input path does not exist: file:${local}`;
    throw javaError('org.apache.hadoop.mapred.InvalidInputException', message);
  }
  return found.flatMap((f) => {
    const stat = statSync(f);
    if (stat.isFile()) return [{ path: f, size: stat.size }];
    return readdirSync(f)
      .filter((name) => !/^[_.]/.test(name))
      .sort()
      .map((name) => join(f, name))
      .map((inner) => ({ path: inner, stat: statSync(inner) }))
      .map(({ path: inner, stat: s }) => {
        if (s.isFile()) return { path: inner, size: s.size };
        const message = `Not a file: file:${inner}`;
        throw javaError('java.io.IOException', message);
      });
  });
}
