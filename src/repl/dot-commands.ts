import { readFileSync } from 'node:fs';
import { functionDoc, functionNames } from '../index.js';
import { formatBytes } from './cache-note.js';
import { nearest } from './errors.js';
import type { Repl } from './repl.js';
import { TOUR } from './tour.js';

export interface DotCommand {
  /** '': another name of one that stands in the list. */
  readonly usage: string;
  readonly help: string;
  readonly run: (repl: Repl, argument: string) => Promise<void> | void;
}

const HELP_WIDTH = 31;

/** Commands of the prompt, by name. */
export const DOT_COMMANDS: Readonly<Record<string, DotCommand>> = {
  '.help': { usage: '.help [FUNCTION]', help: 'this list, or what a SQL function does', run: help },
  '.tour': { usage: '.tour', help: 'a short tour: the famous cache miss, and the hit', run: tour },
  '.tables': { usage: '.tables', help: 'tables and views', run: tables },
  '.schema': { usage: '.schema NAME', help: 'columns of a table or view', run: schema },
  '.cache': { usage: '.cache', help: 'cached plans: level, partitions, sizes', run: cache },
  '.explain': {
    usage: '.explain [cache|extended|…] SQL',
    help: 'how a query would run; cache: hits and misses',
    run: explain,
  },
  '.load': {
    usage: '.load PATH [NAME]',
    help: 'makes a view of a file (.parquet, .csv, .json) or a folder',
    run: load,
  },
  '.read': { usage: '.read FILE', help: 'runs a file of SQL', run: readScript },
  '.rows': { usage: '.rows N', help: 'how many rows are shown', run: rows },
  '.exit': { usage: '.exit, .quit', help: 'ends (Ctrl-D too)', run: (r) => r.close() },
  '.quit': { usage: '', help: '', run: (r) => r.close() },
};

async function readScript(repl: Repl, argument: string): Promise<void> {
  if (argument.trim() === '') return usage(repl, '.read');
  await repl.runText(readFileSync(unquoted(argument), 'utf8'));
}

function usage(repl: Repl, name: string): void {
  repl.print(`usage: ${DOT_COMMANDS[name]?.usage}\n`);
}

/** Names may stand in quotes, as they do in SQL. */
function unquoted(argument: string): string {
  const name = argument.trim();
  return /^(['"`]).*\1$/.test(name) ? name.slice(1, -1) : name;
}

function help(repl: Repl, argument: string): void {
  const name = argument.trim();
  if (name === '') {
    repl.print('SQL ends with a semicolon or an empty line.\n');
    repl.print('Tab completes, arrows recall, Ctrl-C cancels a running query.\n');
    for (const c of Object.values(DOT_COMMANDS).filter((d) => d.usage !== ''))
      repl.print(`  ${c.usage.padEnd(HELP_WIDTH)} ${c.help}\n`);
    return;
  }
  const doc = functionDoc(name);
  if (!doc) {
    const close = nearest(name, functionNames());
    repl.print(`There is no function ${name}.${close.length ? ` Did you mean ${close.join(', ')}?` : ''}\n`);
    return;
  }
  repl.print(`${doc.usages.join('\n')}\n  ${[doc.description, ...doc.notes].join('\n  ')}\n`);
  for (const { sql, rows } of doc.examples)
    repl.print(`  > ${sql}\n${rows.map((r) => `    ${r.replaceAll('\t', '  ')}\n`).join('')}`);
  const facts = [
    ...(doc.aliases.length > 0 ? [`other names: ${doc.aliases.join(', ')}`] : []),
    ...(doc.since === undefined ? [] : [`since Spark ${doc.since}`]),
  ];
  if (facts.length > 0) repl.print(`  ${facts.join('; ')}\n`);
}

async function tour(repl: Repl): Promise<void> {
  for (const step of TOUR) {
    repl.print(`\n${step.say}\n`);
    if (step.sql !== undefined) {
      repl.print(`\n  ${step.sql};\n\n`);
      if (!(await repl.runText(step.sql))) return;
    }
  }
}

function tables(repl: Repl): void {
  const all = repl.spark.catalog.listTables();
  if (all.length === 0) repl.print('No tables. `.load PATH` makes a view of a file.\n');
  for (const t of all)
    repl.print(`  ${t.name.padEnd(24)} ${t.isTemporary ? 'temporary view' : t.tableType.toLowerCase()}\n`);
}

function schema(repl: Repl, argument: string): void {
  if (argument.trim() === '') return usage(repl, '.schema');
  for (const c of repl.spark.catalog.listColumns(argument.trim())) repl.print(`  ${c.name.padEnd(24)} ${c.dataType}\n`);
}

function cache(repl: Repl): void {
  const entries = repl.spark.catalog.cacheEntries();
  if (entries.length === 0) repl.print('Nothing is cached. `CACHE TABLE name;` caches a table or view.\n');
  for (const e of entries) {
    const size = [
      e.memoryBytes > 0 ? `${formatBytes(e.memoryBytes)} in memory` : '',
      e.diskBytes > 0 ? `${formatBytes(e.diskBytes)} on disk` : '',
    ]
      .filter(Boolean)
      .join(', ');
    repl.print(
      `  ${(e.name ?? `entry ${e.id}`).padEnd(20)} ${e.cachedPartitions} of ${e.partitions} partitions  ${size || 'no blocks yet'}  ${e.level}\n`,
    );
  }
}

async function explain(repl: Repl, argument: string): Promise<void> {
  if (argument.trim() === '') return usage(repl, '.explain');
  await repl.runText(`EXPLAIN ${argument}`);
}

function load(repl: Repl, argument: string): void {
  const [, quoted, plain, given] = /^\s*(?:(["'`].*["'`])|(\S+))(?:\s+(\w+))?\s*$/.exec(argument) ?? [];
  const path = unquoted(quoted ?? plain ?? '');
  if (path === '') return usage(repl, '.load');
  const base = path.replace(/\/+$/, '').split('/').at(-1) as string;
  const name = given ?? base.replace(/\.\w+$/, '').replace(/\W/g, '_');
  const { read } = repl.spark;
  // A CSV file that people have has names in its first line.
  const df = /\.(csv|tsv)$/i.test(base)
    ? read.options({ header: true, inferSchema: true, ...(/\.tsv$/i.test(base) ? { sep: '\t' } : {}) }).csv(path)
    : /\.(json|ndjson|jsonl)$/i.test(base)
      ? read.json(path)
      : read.parquet(path);
  df.createOrReplaceTempView(name);
  repl.print(`view ${name} (${df.columns.join(', ')})\n`);
}

function rows(repl: Repl, argument: string): void {
  const n = Number(argument);
  if (Number.isInteger(n) && n > 0) repl.maxRows = n;
  repl.print(`${repl.maxRows} rows are shown\n`);
}
