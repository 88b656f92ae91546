import { writeFileSync } from 'node:fs';
import { type FunctionEntry, functionEntries } from '../src/eval/docs/index.js';
import type { FunctionFamily } from '../src/eval/function.js';

const TITLES: Readonly<Record<FunctionFamily, string>> = {
  predicate: 'Comparison and logic',
  conditional: 'Conditions',
  conversion: 'Casts',
  math: 'Arithmetic and mathematics',
  bitwise: 'Bits',
  string: 'Strings and regular expressions',
  url: 'URLs',
  hash: 'Hashes',
  datetime: 'Dates and timestamps',
  interval: 'Intervals',
  array: 'Arrays',
  map: 'Maps',
  struct: 'Structs',
  lambda: 'Functions with lambdas',
  json: 'JSON',
  csv: 'CSV',
  aggregate: 'Aggregates',
  window: 'Window functions',
  generator: 'Generators and table functions',
  misc: 'The session and other',
};

/** The page docs/functions.md. */
export function functionPage(): string {
  const entries = functionEntries();
  const families = (Object.keys(TITLES) as FunctionFamily[]).map((family) => ({
    title: TITLES[family],
    list: entries.filter((e) => e.family === family),
  }));
  const names = entries.reduce((n, e) => n + 1 + e.aliases.length, 0);
  return [
    '# Functions',
    '',
    `The ${names} names of SQL functions and operators that memoframe has, ${entries.length} functions and their other names. The`,
    'examples are answered by Apache Spark 4.0.1 under its default settings, in the zone UTC, and run as tests here. This page is',
    'written by `node scripts/run.mjs scripts/function-page.ts`; in the REPL `.help NAME` shows the same.',
    '',
    ...families.map(({ title, list }) => `- [${title}](#${anchor(title)}): ${list.map((e) => code(e.name)).join(' ')}`),
    '',
    ...families.flatMap(({ title, list }) => [`## ${title}`, '', ...list.flatMap(section)]),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

function section(e: FunctionEntry): string[] {
  const facts = [
    ...(e.aliases.length > 0 ? [`Other names: ${e.aliases.map(code).join(', ')}.`] : []),
    ...(e.since === undefined ? [] : [`Since Spark ${e.since}.`]),
  ];
  const examples = e.examples.flatMap(({ sql, rows }) => [
    `> ${sql};`,
    ...rows.map((r) => ` ${r.replaceAll('\t', '  ')}`.trimEnd()),
  ]);
  return [
    `### ${code(e.name)}`,
    '',
    e.usages.map(code).join(' · '),
    '',
    [e.description, ...e.notes, ...facts].join(' '),
    '',
    '```sql',
    ...examples,
    '```',
    '',
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

if (process.argv[1]?.endsWith('function-page.ts')) writeFileSync('docs/functions.md', functionPage());
