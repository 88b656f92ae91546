import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const VERSION = '4.0.1';
const ARTIFACT = `org.apache.spark:spark-sql_2.13:${VERSION}:jar:tests`;
const IN_REPOSITORY = `.m2/repository/org/apache/spark/spark-sql_2.13/${VERSION}/spark-sql_2.13-${VERSION}-tests.jar`;

/** The jar with Spark's golden files in the local Maven repository, or undefined. */
export function localJar(): string | undefined {
  const path = join(homedir(), IN_REPOSITORY);
  return existsSync(path) ? path : undefined;
}

/** The jar, fetched with Maven if it is not there. @returns undefined if there is neither jar nor Maven */
export function findJar(): string | undefined {
  const found = localJar();
  if (found !== undefined) return found;
  try {
    const args = ['-q', '-B', 'dependency:get', `-Dartifact=${ARTIFACT}`, '-Dtransitive=false'];
    execFileSync('mvn', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch {
    return undefined;
  }
  return localJar();
}

interface Entry {
  readonly method: number;
  readonly compressed: number;
  readonly offset: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** A zip file, read entry by entry. Entries beyond 4 GiB and encrypted ones are not understood. */
export class Jar {
  readonly #fd: number;
  readonly #entries = new Map<string, Entry>();

  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    const size = fstatSync(this.#fd).size;
    const tail = this.#read(Math.max(0, size - 65_557), Math.min(size, 65_557));
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end--;
    if (end < 0) throw new Error(`${path} is not a zip file`);
    const directory = this.#read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY; ) {
      const [name, extra, comment] = [28, 30, 32].map((o) => directory.readUInt16LE(at + o)) as [
        number,
        number,
        number,
      ];
      this.#entries.set(directory.toString('utf8', at + 46, at + 46 + name), {
        method: directory.readUInt16LE(at + 10),
        compressed: directory.readUInt32LE(at + 20),
        offset: directory.readUInt32LE(at + 42),
      });
      at += 46 + name + extra + comment;
    }
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }
  has(name: string): boolean {
    return this.#entries.has(name);
  }
  /** @throws Error for a name that is not in the jar */
  bytes(name: string): Buffer {
    const entry = this.#entries.get(name);
    if (!entry) throw new Error(`${name} is not in the jar`);
    const header = this.#read(entry.offset, 30);
    const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    const data = this.#read(start, entry.compressed);
    return entry.method === 0 ? data : inflateRawSync(data);
  }
  text(name: string): string {
    return this.bytes(name).toString('utf8');
  }
  close(): void {
    closeSync(this.#fd);
  }

  #read(position: number, length: number): Buffer {
    const out = Buffer.alloc(length);
    readSync(this.#fd, out, 0, length, position);
    return out;
  }
}
