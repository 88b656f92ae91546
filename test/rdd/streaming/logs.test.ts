import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Checkpoint } from '../../../src/rdd/streaming/checkpoint.js';
import { durationMillis, STREAMING_CONFS } from '../../../src/rdd/streaming/options.js';
import { SeenFiles } from '../../../src/rdd/streaming/sources/seen-files.js';
import { nextTriggerTime, triggerOf } from '../../../src/rdd/streaming/trigger.js';
import { RuntimeConfig } from '../../../src/session/conf.js';
import { CompactibleLog } from '../../../src/storage/files/streaming/compactible-log.js';
import { fileUri, uriPath } from '../../../src/storage/files/streaming/file-uri.js';
import { MetadataLog, versionedLines } from '../../../src/storage/files/streaming/metadata-log.js';
import { Folder } from './kit.js';

let folder: Folder;
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder.remove());

describe('file URIs', () => {
  it('are those of java.net.URI', () => {
    expect(fileUri('/a b/c%d/[e]/f#g?/h=1/é')).toBe('file:///a%20b/c%25d/%5Be%5D/f%23g%3F/h=1/é');
    expect(uriPath('file:/tmp/a%20b')).toBe('/tmp/a b');
    expect(uriPath('file:///tmp/%C3%A9')).toBe('/tmp/é');
  });
  it('give back every path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const path = `/${name.replaceAll('\0', '')}`;
        expect(uriPath(fileUri(path))).toBe(path);
      }),
    );
  });
});

describe('a log of numbered files', () => {
  it('writes each once, and forgets what is below a number, checksums of Hadoop included', () => {
    const log = new MetadataLog(folder.at('log'));
    expect(log.latest()).toBeUndefined();
    expect([log.add(0, 'a'), log.add(0, 'b'), log.add(10, 'c'), log.add(9, 'd')]).toEqual([true, false, true, true]);
    expect([log.get(0), log.get(1), log.latest()]).toEqual(['a', undefined, 10]);
    writeFileSync(folder.at('log/.9.crc'), '');
    log.purge(10);
    expect(readdirSync(folder.at('log'))).toEqual(['10']);
  });
  it('passes over what a process that died left half written', () => {
    const log = new MetadataLog(folder.at('log'));
    log.add(0, 'a');
    writeFileSync(folder.at('log/.1.c0ffee.tmp'), 'half');
    expect(log.latest()).toBe(0);
    expect(log.add(1, 'whole')).toBe(true);
  });
  it('refuses other versions', () => {
    expect(versionedLines('v1\na\nb', 'x')).toEqual(['a', 'b']);
    expect(() => versionedLines('v2\na', 'x')).toThrow(/UnsupportedLogVersion.*v2/);
    expect(() => versionedLines('', 'x')).toThrow(/malformed/);
  });
});

describe('a checkpoint', () => {
  it('of two that write one batch only the first goes on', () => {
    const open = () => new Checkpoint(folder.at('cp'), new RuntimeConfig());
    const [a, b] = [open(), open()];
    expect(a.id).toBe(b.id);
    a.addOffsets(0, { offsets: ['1', undefined], batchTimestampMs: 5 });
    expect(b.offsets(0)).toEqual({ offsets: ['1', undefined], batchTimestampMs: 5 });
    const conflict = expect.objectContaining({ condition: 'CONCURRENT_STREAM_LOG_UPDATE', sqlState: '40000' });
    expect(() => b.addOffsets(0, { offsets: ['2', undefined], batchTimestampMs: 6 })).toThrow(conflict);
    a.commit(0);
    expect(() => b.commit(0)).toThrow(conflict);
    expect([b.latestBatch(), b.latestCommit()]).toEqual([0, 0]);
  });
});

describe('a log that is compacted', () => {
  const entries = (n: number) => [{ n }];
  const fill = (log: CompactibleLog<{ n: number }>, from: number, to: number): void => {
    for (let i = from; i < to; i++) expect(log.add(i, entries(i))).toBe(true);
  };
  const numbers = (log: CompactibleLog<{ n: number }>) => log.all().map(({ n }) => n);

  it('holds all entries after any number of batches', () => {
    for (const compactInterval of [1, 2, 3, 10]) {
      const log = new CompactibleLog<{ n: number }>(folder.at(`i${compactInterval}`), { compactInterval });
      for (let i = 0; i < 25; i++) {
        expect(log.add(i, entries(i))).toBe(true);
        expect(numbers(log)).toEqual(Array.from({ length: i + 1 }, (_, k) => k));
      }
    }
  });
  it('keeps to the interval of the compactions that are there', () => {
    const directory = folder.at('log');
    fill(new CompactibleLog(directory, { compactInterval: 3 }), 0, 7);
    const other = new CompactibleLog<{ n: number }>(directory, { compactInterval: 10 });
    fill(other, 7, 10);
    expect(existsSync(join(directory, '8.compact'))).toBe(true);
    expect(numbers(other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
  it('finds a divisor of its only compaction, as large as asked', () => {
    // Spark's example: 11.compact and a wanted interval of 5 give 6.
    const directory = folder.at('log');
    fill(new CompactibleLog(directory, { compactInterval: 12 }), 0, 12);
    const log = new CompactibleLog<{ n: number }>(directory, { compactInterval: 5 });
    fill(log, 12, 18);
    expect(existsSync(join(directory, '17.compact'))).toBe(true);
  });
  it('deletes old files whose entries a compaction holds', () => {
    const directory = folder.at('log');
    const log = new CompactibleLog<{ n: number }>(directory, {
      compactInterval: 3,
      minBatchesToRetain: 2,
      cleanupDelayMs: 60_000,
    });
    fill(log, 0, 6);
    for (const name of readdirSync(directory)) utimesSync(join(directory, name), 1, 1);
    fill(log, 6, 8);
    expect(readdirSync(directory).sort()).toEqual(['5.compact', '6', '7']);
    expect(numbers(log)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
  it('says which batch is missing', () => {
    const log = new CompactibleLog<{ n: number }>(folder.at('log'));
    fill(log, 0, 2);
    fill(log, 3, 4);
    expect(() => log.all()).toThrow(/log\/2 is not there/);
    expect(readFileSync(folder.at('log/1'), 'utf8')).toBe('v1\n{"n":1}');
  });
});

describe('durations and triggers', () => {
  it('are read as Spark reads them', () => {
    expect(
      ['5 seconds', '1 minute 30 seconds', '100 milliseconds', '7d', '250'].map((t) => durationMillis(t, 'x')),
    ).toEqual([5000, 90_000, 100, 604_800_000, 250]);
    for (const bad of ['abc', '5 parsecs', '5 seconds x', ''])
      expect(() => durationMillis(bad, 'x')).toThrow(/Error parsing/);
  });
  it('an interval begins at its multiples', () => {
    expect([0, 1, 99, 100].map((t) => nextTriggerTime(t, 100))).toEqual([100, 100, 100, 200]);
  });
  it('exactly one of them is given', () => {
    expect(triggerOf({ processingTime: '2 seconds' })).toEqual({ kind: 'processingTime', intervalMs: 2000 });
    expect(triggerOf({ availableNow: true })).toEqual({ kind: 'availableNow' });
    expect(() => triggerOf({})).toThrow();
    expect(() => triggerOf({ once: true, availableNow: true })).toThrow();
    expect(() => triggerOf({ processingTime: '-5 seconds' })).toThrow(/should not be negative/);
    expect(() => triggerOf({ continuous: '1 second' })).toThrow(/not supported/);
  });
});

describe('files that were seen', () => {
  it('are forgotten once they are too old, and old ones are passed over then', () => {
    const seen = new SeenFiles(10, (p) => p);
    seen.add('a', 5);
    expect([seen.isNew('a', 5), seen.isNew('b', 5)]).toEqual([false, true]);
    // Nothing is purged yet: a file that is older than that, but was not purged, is still new.
    seen.add('c', 15);
    expect(seen.isNew('d', 4)).toBe(true);
    seen.purge();
    expect([seen.size, seen.isNew('d', 4), seen.isNew('e', 5)]).toEqual([2, false, true]);
    seen.add('f', 25);
    seen.purge();
    expect([seen.size, seen.isNew('a', 5)]).toEqual([2, false]);
  });
});

it('confs are times with or without a unit', () => {
  const conf = new RuntimeConfig();
  const times = () => [STREAMING_CONFS.pollingDelayMs(conf), STREAMING_CONFS.noDataProgressEventIntervalMs(conf)];
  expect(times()).toEqual([10, 10_000]);
  conf.set('spark.sql.streaming.pollingDelay', '1s');
  conf.set('spark.sql.streaming.noDataProgressEventInterval', '2min');
  expect(times()).toEqual([1000, 120_000]);
});
