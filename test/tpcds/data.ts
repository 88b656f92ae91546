import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Columns and types by table; CHAR and VARCHAR are strings without padding. */
export const SCHEMA = JSON.parse(readFileSync('test/tpcds/schema.json', 'utf8')) as Record<
  string,
  Record<string, string>
>;
export const TABLES = Object.keys(SCHEMA);

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>tpcds</groupId><artifactId>data</artifactId><version>1</version><dependencies>
<dependency><groupId>io.trino.tpcds</groupId><artifactId>tpcds</artifactId><version>1.4</version></dependency>
<dependency><groupId>io.airlift</groupId><artifactId>airline</artifactId><version>0.9</version></dependency>
</dependencies></project>`;

/** Folder with a Parquet file per table: `TPCDS_DIR`, or made here once by the Java generator (JDK and Maven needed). */
export async function tpcdsData(scale = '0.01'): Promise<string> {
  const given = process.env['TPCDS_DIR'];
  if (given) return resolve(given);
  const dir = resolve(`.build/tpcds-sf${scale}`);
  if (existsSync(dir)) return dir;
  console.log(`making TPC-DS data at scale ${scale} (Maven and Java, about a minute) …`);
  const work = mkdtempSync(join(tmpdir(), 'tpcds-'));
  try {
    await makeData(scale, work);
    mkdirSync(resolve('.build'), { recursive: true });
    execFileSync('cp', ['-r', join(work, 'parquet'), `${dir}.part`]);
    renameSync(`${dir}.part`, dir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return dir;
}

async function makeData(scale: string, work: string): Promise<void> {
  writeFileSync(join(work, 'pom.xml'), POM);
  const copy = ['-B', '-q', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=lib'];
  execFileSync('mvn', copy, { cwd: work, stdio: 'inherit' });
  for (const folder of ['raw', 'parquet']) mkdirSync(join(work, folder));
  const classpath = ['lib/*'].map((p) => join(work, p)).join(delimiter);
  const main = ['-cp', classpath, 'io.trino.tpcds.Driver', '--scale', scale, '--directory', 'raw', '--overwrite'];
  execFileSync('java', main, { cwd: work, stdio: 'inherit' });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const [table, columns] of Object.entries(SCHEMA)) {
    const path = join(work, 'raw', `${table}.dat`);
    // Latin-1 with a delimiter after each field; nothing is quoted, an empty field is a null.
    const text = readFileSync(path, 'latin1');
    writeFileSync(path, text);
    const fields = text.slice(0, text.indexOf('\n')).split('|').length;
    const all = { ...columns };
    for (let i = Object.keys(columns).length; i < fields; i++) all[`extra${i}`] = 'STRING';
    const types = Object.entries(all).map(([name, type]) => `'${name}': '${type.replace('STRING', 'VARCHAR')}'`);
    await connection.run(
      `COPY (SELECT ${Object.keys(columns).join(', ')} FROM read_csv('${path}', delim = '|', quote = '', escape = '', header = false,
      auto_detect = false, nullstr = '', columns = {${types.join(', ')}}))
      TO '${join(work, 'parquet', `${table}.parquet`)}' (FORMAT parquet, COMPRESSION zstd)`,
    );
  }
  connection.closeSync();
}
