import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const ARTIFACT = 'org.apache.spark:spark-sql_2.13:4.0.1:jar:tests';
const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** Path of Spark's SQL tests jar: as given, in Maven's local repository, or fetched with Maven. */
export function sparkTestsJar(given?: string): string {
  if (given !== undefined) return resolve(given);
  const repository = process.env['MAVEN_REPOSITORY'] ?? join(homedir(), '.m2/repository');
  const path = join(repository, 'org/apache/spark/spark-sql_2.13/4.0.1/spark-sql_2.13-4.0.1-tests.jar');
  if (!existsSync(path)) {
    console.log(`fetching ${ARTIFACT} with Maven …`);
    execFileSync('mvn', ['-B', '-q', 'dependency:get', `-Dartifact=${ARTIFACT}`, '-Dtransitive=false'], {
      stdio: 'inherit',
    });
  }
  return path;
}

/** Text files in a jar (zip without encryption or ZIP64) whose path `wanted` says yes to, by path. */
export function readJar(path: string, wanted: (name: string) => boolean): Map<string, string> {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const tail = read(file, Math.max(0, size - 66_000), Math.min(size, 66_000));
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end--;
    if (end < 0) throw new TypeError(`${path} is no jar`);
    const directory = read(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    const out = new Map<string, string>();
    for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY; ) {
      const [nameLength, extra, comment] = [28, 30, 32].map((o) => directory.readUInt16LE(at + o)) as [
        number,
        number,
        number,
      ];
      const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
      if (!name.endsWith('/') && wanted(name)) {
        const header = directory.readUInt32LE(at + 42);
        const local = read(file, header, 30);
        const start = header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
        const bytes = read(file, start, directory.readUInt32LE(at + 20));
        out.set(name, (directory.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes)).toString('utf8'));
      }
      at += 46 + nameLength + extra + comment;
    }
    return out;
  } finally {
    closeSync(file);
  }
}

function read(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, position);
  return bytes;
}
