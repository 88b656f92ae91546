import { describe, expect, it } from 'vitest';
import { maxSplitBytes, type packSplits, planFilePartitions, splitFile } from '../../src/storage/files/split.js';

const MB = 1 << 20;
const file = (name: string, size: number) => ({ path: name, size, mtimeMs: 0 });
const settings = { maxPartitionBytes: 128 * MB, openCostInBytes: 4 * MB, minPartitionNum: 2 };
const shape = (partitions: ReturnType<typeof packSplits>): string[] =>
  partitions.map((p) => p.map((s) => `${s.path}@${s.start / MB}+${s.length / MB}`).join(' '));

describe('splits', () => {
  it('have a size between the open cost and the maximum', () => {
    expect(maxSplitBytes(128 * MB, 4 * MB, 1000 * MB, 2)).toBe(128 * MB);
    expect(maxSplitBytes(128 * MB, 4 * MB, 2 * MB, 2)).toBe(4 * MB);
    expect(maxSplitBytes(128 * MB, 4 * MB, 60 * MB, 2)).toBe(30 * MB);
    expect(maxSplitBytes(128 * MB, 4 * MB, 100, 3)).toBe(4 * MB);
  });

  it('cut files that can be cut', () => {
    expect(splitFile(file('a', 10), [1], true, 4).map((s) => [s.start, s.length])).toEqual([
      [0, 4],
      [4, 4],
      [8, 2],
    ]);
    expect(splitFile(file('a', 10), [1], false, 4).map((s) => [s.start, s.length])).toEqual([[0, 10]]);
    expect(splitFile(file('a', 0), [], true, 4)).toEqual([]);
  });

  it('go to partitions largest first, next fit', () => {
    // 8 small files: 8 × (1 + 4) MB over 2 cores gives 20 MB a partition.
    const files = Array.from({ length: 8 }, (_, i) => file(`f${i}`, MB));
    expect(shape(planFilePartitions([{ values: [], files }], settings))).toEqual([
      'f0@0+1 f1@0+1 f2@0+1 f3@0+1',
      'f4@0+1 f5@0+1 f6@0+1 f7@0+1',
    ]);
    const mixed = [file('small', MB), file('big', 300 * MB), file('middle', 100 * MB)];
    expect(shape(planFilePartitions([{ values: [], files: mixed }], settings))).toEqual([
      'big@0+128',
      'big@128+128',
      'middle@0+100',
      'big@256+44 small@0+1',
    ]);
  });

  it('keep to a maximum number of partitions', () => {
    const files = Array.from({ length: 40 }, (_, i) => file(`f${i}`, 60 * MB));
    const count = (maxPartitionNum?: number): number =>
      planFilePartitions([{ values: [], files }], { ...settings, maxPartitionNum }).length;
    expect([count(), count(50), count(4)]).toEqual([20, 20, 4]);
  });

  it('carry the values of their directory', () => {
    const directories = [
      { values: ['eu'], files: [file('a', MB)] },
      { values: ['us'], files: [file('b', 2 * MB)] },
    ];
    const [first] = planFilePartitions(directories, { ...settings, minPartitionNum: 1 });
    expect(first?.map((s) => [s.path, s.partitionValues])).toEqual([
      ['b', ['us']],
      ['a', ['eu']],
    ]);
  });
});
