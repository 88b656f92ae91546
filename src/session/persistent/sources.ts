import { type BigIntStats, statSync } from 'node:fs';
import { type LogicalPlan, LogicalRelation } from '../../plan/logical/index.js';
import { argKey } from '../../plan/tree-node.js';
import type { SourceRecord } from '../../storage/persistent/manifest.js';
import { FileTable } from '../file-relation.js';

/** A change within one tick of the clock of the file system would not show. Generous: kernels tick every 1 to 10 ms. */
const TICK_MS = 50;

/** The files behind a plan, as they were at one time: path, size, time of change of content and of the file's record, inode.
 * Who sets the time of change back changes the record. */
export class SourceFiles {
  private constructor(
    readonly records: readonly SourceRecord[],
    /** Text of the partition values by file: they come from the listing, not from the files. */
    readonly layout: string,
    /** When the youngest change was, milliseconds. */
    readonly youngestMs: number,
  ) {}

  /** The files of all relations, those of subqueries included; a text where they cannot be told: files that are gone, or
   * that changed since their relation was listed. */
  static of(plan: LogicalPlan): SourceFiles | string {
    const tables = new Set<FileTable>();
    plan.foreachWithSubqueries((p) => {
      if (p instanceof LogicalRelation && p.relation instanceof FileTable) tables.add(p.relation);
    });
    const records = new Map<string, string>();
    const layout = new Set<string>();
    let youngestMs = 0;
    for (const table of tables)
      for (const { values, files } of table.directories)
        for (const file of files) {
          const stat = statSync(file.path, { bigint: true, throwIfNoEntry: false });
          if (!stat) return `${file.path} is gone`;
          // What is computed is cut by the listing: sizes of then do not fit contents of now.
          if (Number(stat.size) !== file.size || Math.abs(Number(stat.mtimeNs) / 1e6 - file.mtimeMs) >= 1)
            return `${file.path} changed after it was listed`;
          records.set(file.path, stateOf(stat));
          if (values.length > 0) layout.add(`${table.key} ${file.path} ${argKey(values)}`);
          youngestMs = Math.max(youngestMs, Number(stat.mtimeMs), Number(stat.ctimeMs));
        }
    const sorted = [...records].sort(([a], [b]) => (a < b ? -1 : 1));
    return new SourceFiles(sorted, [...layout].sort().join('\n'), youngestMs);
  }

  /** Injective text. */
  get key(): string {
    return `${JSON.stringify(this.records)}\n${this.layout}`;
  }

  /** Milliseconds until any later change would show. */
  get racyMs(): number {
    const age = Date.now() - this.youngestMs;
    // A time in the future is no ground to wait for.
    return age < 0 ? TICK_MS : Math.max(0, TICK_MS - age);
  }
}

/** The first of recorded files that is not as it was. */
export function changedSource(records: readonly SourceRecord[]): string | undefined {
  return records.find(([path, state]) => {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    return !stat || stateOf(stat) !== state;
  })?.[0];
}

function stateOf(stat: BigIntStats): string {
  return `${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}:${stat.ino}`;
}
