import { readFileSync } from 'node:fs';

/** Files that are not run, and why. They stay in the list and are counted apart. */
const SKIPPED: readonly (readonly [RegExp, string])[] = [
  [/^udf\//, 'foreign functions: the udf/ files run Scala, Python and pandas functions'],
  [/^udaf\//, 'foreign functions: the udaf/ files run Hive aggregate functions'],
  [/^udtf\//, 'foreign functions: the udtf/ files run Python table functions'],
  [/^transform\.sql$/, 'TRANSFORM … USING runs external programs'],
  [/^to_from_avro\.sql$/, 'Avro'],
  [/^xml-functions\.sql$/, 'XML'],
  [/^explain.*\.sql$/, "the text of Spark's physical plans"],
  [/^hll\.sql$/, "DataSketches' HyperLogLog sketches"],
  [/collation/, 'collations'],
  [/^variant\//, 'VARIANT'],
];

export interface ScopedFile {
  readonly name: string;
  readonly statements: number;
  /** Statements with a recorded analyzed plan. */
  readonly plans: number;
  /** Why it is not run. */
  readonly skipped: string | undefined;
}

export function whySkipped(name: string): string | undefined {
  return SKIPPED.find(([pattern]) => pattern.test(name))?.[1];
}

/** The committed list of golden files: `statements plans name` on each line. */
export function readScope(path: string): readonly ScopedFile[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [statements, plans, name] = line.trim().split(/\s+/) as [string, string, string];
      return { name, statements: Number(statements), plans: Number(plans), skipped: whySkipped(name) };
    });
}

export function scopeText(files: readonly ScopedFile[]): string {
  const sum = (list: readonly ScopedFile[], of: 'statements' | 'plans') => list.reduce((n, f) => n + f[of], 0);
  const inside = files.filter((f) => f.skipped === undefined);
  const outside = files.filter((f) => f.skipped !== undefined);
  const line = (what: string, list: readonly ScopedFile[]) =>
    `# ${what}: ${list.length} files, ${sum(list, 'statements')} statements, ${sum(list, 'plans')} analyzed plans`;
  return [
    "# Spark 4.0.1's golden files: statements, analyzed plans, name. Written by run.ts --write-scope.",
    line('all', files),
    line('in scope', inside),
    line('skipped (scope.ts says why)', outside),
    ...files.map((f) => `${f.statements} ${f.plans} ${f.name}`),
    '',
  ].join('\n');
}
