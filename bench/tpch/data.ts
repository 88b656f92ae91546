import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folder with the eight tables at scale factor 1: `TPCH_DIR`, or made here by `tpchgen-cli` in a virtual environment. */
export function tpchData(): string {
  const given = process.env['TPCH_DIR'];
  if (given) return resolve(given);
  const dir = resolve('.build/tpch-sf1');
  if (existsSync(join(dir, 'supplier.parquet'))) return dir;
  const venv = resolve('.build/tpch-venv');
  console.log('making TPC-H data at scale factor 1 (tpchgen-cli, about a minute) …');
  if (!existsSync(venv)) execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
  execFileSync(join(venv, 'bin/pip'), ['-q', 'install', 'tpchgen-cli'], { stdio: 'inherit' });
  mkdirSync(dir, { recursive: true });
  execFileSync(join(venv, 'bin/tpchgen-cli'), ['parquet', '-s', '1', '-o', dir], { stdio: 'inherit' });
  return dir;
}
