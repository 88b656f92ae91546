import { writeFileSync } from 'node:fs';

/** What `--json FILE` writes when the process ends. */
const report = { figures: {}, gates: [] };
const at = process.argv.indexOf('--json');
if (at > 0) process.on('exit', () => writeFileSync(process.argv[at + 1], `${JSON.stringify(report, null, 1)}\n`));

/** Keeps a figure for `--json`. */
export function figure(name, value) {
  report.figures[name] = value;
}

/** Prints rows under a head, columns aligned: numbers to the right. */
export function table(head, rows) {
  const text = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell)));
  const widths = head.map((name, i) => Math.max(name.length, ...text.map((row) => (row[i] ?? '').length)));
  const line = (cells, right) =>
    cells.map((cell, i) => (right(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  ');
  const number = (i) => rows.some((row) => typeof row[i] === 'number');
  console.log(line(head, number).trimEnd());
  console.log(widths.map((w) => '─'.repeat(w)).join('  '));
  for (const row of text) console.log(line(row, number).trimEnd());
  console.log();
}

/** One line for each required figure; a failed one makes the process exit with 1. */
export function gate(name, holds, found) {
  report.gates.push({ name, found, pass: holds });
  console.log(`gate ${name}: ${found} ${holds ? 'pass' : 'FAIL'}`);
  if (!holds) process.exitCode = 1;
}

/** The number after `--name` on the command line. */
export function option(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? fallback : Number(process.argv[at + 1]);
  if (!(value > 0)) throw new RangeError(`--${name} takes a number above 0`);
  return value;
}

export const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
