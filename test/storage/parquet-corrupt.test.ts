import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SparkError } from '../../src/errors/index.js';
import { decompress } from '../../src/storage/parquet/codec.js';
import { scanPages } from '../../src/storage/parquet/page-header.js';
import { openSplit, planSplit, readFooter, readFooterSync, sparkSchema } from '../../src/storage/parquet/reader.js';
import { LONG } from '../../src/types/index.js';
import { arena, fixture, kernels, readAll } from './parquet-harness.js';

const directory = mkdtempSync(join(tmpdir(), 'memoframe-corrupt-'));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;
function write(bytes: Uint8Array): string {
  const path = join(directory, `f${count++}.parquet`);
  writeFileSync(path, bytes);
  return path;
}
const footerCondition = { condition: 'FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER', sqlState: 'KD001' };

describe('broken files', () => {
  it('are named when there is no footer', async () => {
    for (const bytes of [
      new Uint8Array(0),
      Buffer.from('hello world, this is text'),
      Buffer.from('PAR1PAR1'),
      Buffer.from('PAR1....\xff\xff\xff\x7fPAR1', 'latin1'),
    ]) {
      const path = write(bytes);
      await expect(readFooter(path)).rejects.toMatchObject({
        ...footerCondition,
        parameters: { path: `file:${path}` },
      });
      expect(() => readFooterSync(path)).toThrow(expect.objectContaining(footerCondition));
    }
  });

  it('of any truncated length are refused', async () => {
    const whole = readFileSync(fixture('int96'));
    for (let length = 0; length < whole.length; length += 7)
      await expect(readFooter(write(whole.subarray(0, length)))).rejects.toMatchObject(footerCondition);
  });

  it('that vanished or changed say so', async () => {
    await expect(readFooter(join(directory, 'none.parquet'))).rejects.toMatchObject({
      condition: 'FAILED_READ_FILE.FILE_NOT_EXIST',
    });
    const path = write(readFileSync(fixture('groups')));
    const file = await readFooter(path);
    const wanted = [{ name: 'id', type: LONG }];
    const plan = planSplit(file, { start: 0, length: file.size }, wanted);
    utimesSync(path, 1, 1);
    const changed = openSplit(plan, wanted, { arena, kernels, scratchOwner: arena.nextId() });
    await expect(changed.fetch(0, [0])).rejects.toMatchObject({ condition: 'FAILED_READ_FILE.NO_HINT' });
    rmSync(path);
    const gone = openSplit(plan, wanted, { arena, kernels, scratchOwner: arena.nextId() });
    await expect(gone.fetch(0, [0])).rejects.toMatchObject({ condition: 'FAILED_READ_FILE.FILE_NOT_EXIST' });
    expect(arena.usedBytes()).toBe(0);
  });

  it.each([
    'dictionary-v1',
    'dictionary-v2',
    'delta-v1',
    'nested-v1',
    'codec-lz4-v1',
    'codec-zstd-v2',
    'codec-gzip-v1',
  ])('%s: flipped bytes give an error or other values, never a crash', async (name) => {
    const whole = readFileSync(fixture(name));
    const footer = whole.readUInt32LE(whole.length - 8) + 8;
    let seed = 12345;
    const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0);
    const file = await readFooter(fixture(name));
    const columns = sparkSchema(file).fields.map((f) => ({ name: f.name, type: f.dataType }));
    for (let k = 0; k < 60; k++) {
      const bytes = Uint8Array.from(whole);
      for (let f = 0; f <= k % 3; f++) bytes[4 + (random() % (whole.length - footer - 4))] = random() & 255;
      try {
        await readAll(write(bytes), { columns });
      } catch (error) {
        expect(error).toBeInstanceOf(SparkError);
        expect((error as SparkError).condition).toMatch(/^(FAILED_READ_FILE\.NO_HINT|UNSUPPORTED_FEATURE)$/);
      }
    }
    expect(arena.usedBytes()).toBe(0);
  });
});

describe('what can be noticed', () => {
  /** The first byte of the first page's body of a chunk, past its dictionary, and the chunk's end. */
  async function chunkOf(name: string, column: string): Promise<{ from: number; to: number }> {
    const file = await readFooter(fixture(name));
    const leaf = sparkSchema(file).fields.findIndex((f) => f.name === column);
    const chunk = file.rowGroups[0]?.chunks[leaf];
    if (!chunk) throw new RangeError(`${name} has no ${column}`);
    return { from: chunk.offset, to: chunk.offset + chunk.byteLength };
  }
  const failure = (path: string, cause: RegExp) => ({
    condition: 'FAILED_READ_FILE.NO_HINT',
    parameters: { path: `file://${path}` },
    cause: expect.objectContaining({ message: expect.stringMatching(cause) }),
  });

  it.each(['checksums-v1', 'checksums-v2'])(
    '%s: a changed bit of a page with a checksum, in each column',
    async (name) => {
      const whole = readFileSync(fixture(name));
      const file = await readFooter(fixture(name));
      const columns = sparkSchema(file).fields.map((f) => ({ name: f.name, type: f.dataType }));
      await expect(readAll(fixture(name), { columns })).resolves.toMatchObject({ rows: 200 });
      for (const { name: column } of columns) {
        const { to } = await chunkOf(name, column);
        const bytes = Uint8Array.from(whole);
        // The last byte of the last page is a value.
        bytes[to - 1]! ^= 1;
        const path = write(bytes);
        await expect(readAll(path, { columns })).rejects.toMatchObject(
          failure(path, new RegExp(`^column ${column}: a page differs from its checksum$`)),
        );
      }
      expect(arena.usedBytes()).toBe(0);
    },
  );

  it('a chunk that was zeroed in the middle, by the name of its column', async () => {
    for (const name of ['plain-v1', 'dictionary-v1', 'delta-v2', 'codec-snappy-v1', 'codec-zstd-v2']) {
      const { from, to } = await chunkOf(name, 'unique');
      const path = write(Uint8Array.from(readFileSync(fixture(name))).fill(0, (from + to) >> 1, to));
      await expect(readAll(path)).rejects.toMatchObject(failure(path, /^column unique: /));
    }
  });

  it('values that are left when the page is done', async () => {
    const { from, to } = await chunkOf('codec-none-v1', 'i64');
    const bytes = Uint8Array.from(readFileSync(fixture('codec-none-v1')));
    const [page] = scanPages(bytes, from, to, 400);
    // Definition levels: a run of nine ones (its length doubled, its value) becomes one of nulls.
    const body = page?.body ?? 0;
    const run = bytes.findIndex((b, i) => i >= body + 4 && b === 18 && bytes[i + 1] === 1);
    expect(run).toBe(body + 10);
    bytes[run + 1] = 0;
    const path = write(bytes);
    await expect(readAll(path)).rejects.toMatchObject(
      failure(path, /^column i64: page holds more values than it says$/),
    );
  });
});

describe('the old LZ4 codec', () => {
  // Literals only: a token of 15, the rest of the length, then the bytes.
  const text = Buffer.from('the quick brown fox jumps over the lazy dog');
  const block = Buffer.concat([Buffer.from([0xf0, text.length - 15]), text]);
  const expand = (bytes: Uint8Array, length: number): string => {
    arena.u8.set(bytes, 3 << 20);
    decompress(arena, kernels, 'LZ4', 3 << 20, bytes.length, 4 << 20, length, () => 0);
    return Buffer.from(arena.u8.subarray(4 << 20, (4 << 20) + length)).toString();
  };
  it('has frames of Hadoop, or none', () => {
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(text.length, 0);
    frame.writeUInt32BE(block.length, 4);
    expect(expand(Buffer.concat([frame, block]), text.length)).toBe(text.toString());
    expect(expand(Buffer.concat([frame, block, frame, block]), 2 * text.length)).toBe(text.toString().repeat(2));
    expect(expand(block, text.length)).toBe(text.toString());
    expect(() => expand(block.subarray(1), text.length)).toThrow(RangeError);
  });
});
