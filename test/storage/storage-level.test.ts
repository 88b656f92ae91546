import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StorageLevel } from '../../src/storage/block/storage-level.js';

interface Recorded {
  readonly string: string;
  readonly description: string;
  readonly useDisk: boolean;
  readonly useMemory: boolean;
  readonly useOffHeap: boolean;
  readonly deserialized: boolean;
  readonly replication: number;
}

describe('StorageLevel', () => {
  it('prints what Spark printed for every recorded level', () => {
    const file = new URL('../oracle/scenarios/storage.json', import.meta.url);
    const { scenarios } = JSON.parse(readFileSync(file, 'utf8')) as {
      scenarios: { steps: { op: string; value: Recorded | null }[] }[];
    };
    const recorded = scenarios.flatMap((s) => s.steps).filter((s) => s.op === 'storageLevel' && s.value);
    const seen = new Set<string>();
    for (const { value } of recorded) {
      const r = value!;
      const level = new StorageLevel(r.useDisk, r.useMemory, r.useOffHeap, r.deserialized, r.replication);
      expect([String(level), level.description]).toEqual([r.string, r.description]);
      expect(StorageLevel.names.some((n) => StorageLevel[n].equals(level))).toBe(true);
      seen.add(r.string);
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  it('finds constants by exact name', () => {
    for (const name of StorageLevel.names) expect(StorageLevel.fromString(name)).toBe(StorageLevel[name]);
    for (const name of ['NOSUCH', '', 'memory_only', 'names', 'fromString'])
      expect(() => StorageLevel.fromString(name)).toThrow(`Invalid StorageLevel: ${name}`);
  });

  it('refuses what Spark refuses', () => {
    const tooMany = { condition: 'java.lang.AssertionError' };
    expect(() => new StorageLevel(false, true, false, true, 40)).toThrow(expect.objectContaining(tooMany));
    const invalid = expect.objectContaining({ condition: 'java.lang.IllegalArgumentException' });
    for (const level of [new StorageLevel(true, true, false, false, 0), new StorageLevel(false, false, true, false)])
      expect(() => level.requireUsable()).toThrow(invalid);
    StorageLevel.NONE.requireUsable();
    expect(String(new StorageLevel(true, true, true, true))).toBe(
      'StorageLevel(disk, memory, offheap, deserialized, 1 replicas)',
    );
    expect(StorageLevel.NONE.isValid).toBe(false);
    expect(StorageLevel.DISK_ONLY.isValid).toBe(true);
  });
});
