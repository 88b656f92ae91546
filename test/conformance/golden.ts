import type { Jar } from './jar.js';

const ROOT = 'sql-tests/';

/** One statement with what Spark gave for it. */
export interface GoldenStatement {
  readonly sql: string;
  readonly schema: string;
  readonly output: string;
  /** The analyzed plan's text, an error, or undefined where none is recorded. */
  readonly analyzed: string | undefined;
}

export interface GoldenFile {
  /** Below `sql-tests/inputs`, with its ending. */
  readonly name: string;
  readonly settings: readonly (readonly [string, string])[];
  readonly statements: readonly GoldenStatement[];
}

/** Names of all input files that have results, in order. `ignored.sql` has none. */
export function goldenNames(jar: Jar): readonly string[] {
  const prefix = `${ROOT}inputs/`;
  return jar.names
    .filter((n) => n.startsWith(prefix) && n.endsWith('.sql') && jar.has(resultOf('results', n.slice(prefix.length))))
    .map((n) => n.slice(prefix.length))
    .sort();
}

/** Statements and settings of a file. The texts come from the recorded results; the input must split into as many.
 * @throws Error where inputs, results and analyzed plans do not tie */
export function readGolden(jar: Jar, name: string): GoldenFile {
  const results = segments(jar.text(resultOf('results', name)), 3);
  const plansName = resultOf('analyzer-results', name);
  const plans = jar.has(plansName) ? segments(jar.text(plansName), 2) : undefined;
  const { comments, queries } = splitInput(jar, name);
  if (queries.length !== results.length || (plans && plans.length !== results.length))
    throw new Error(`${name}: ${queries.length} statements, ${results.length} results, ${plans?.length} plans`);
  const statements = results.map(([sql, schema, output], i) => {
    if (sql !== queries[i]) throw new Error(`${name}#${i}: the input says ${queries[i]}, the results ${sql}`);
    return { sql, schema: schema as string, output: trimEnd(output as string), analyzed: plans?.[i]?.[1] };
  });
  return { name, settings: settingsOf(name, comments), statements } as GoldenFile;
}

function resultOf(folder: string, name: string): string {
  return `${ROOT}${folder}/${name}.out`;
}

/** Parts between the `-- !query` lines, `width` of them a statement; the last of each keeps its leading space. */
function segments(text: string, width: number): string[][] {
  const parts = text.split(/-- !query.*\n/).slice(1);
  if (parts.length % width !== 0) throw new Error(`${parts.length} parts are not a multiple of ${width}`);
  const out: string[][] = [];
  for (let i = 0; i < parts.length; i += width)
    out.push(parts.slice(i, i + width).map((p, j) => (j === width - 1 ? trimEnd(p) : p.trim())));
  return out;
}

export function trimEnd(text: string): string {
  return text.replace(/\s+$/, '');
}

/** Comment lines, and the statements between semicolons. Spark: `SQLQueryTestHelper.getQueries`. */
function splitInput(jar: Jar, name: string): { comments: string[]; queries: string[] } {
  const { comments, code } = splitComments(jar.text(`${ROOT}inputs/${name}`));
  const imported = comments
    .filter((c) => c.startsWith('--IMPORT '))
    .flatMap((c) => splitComments(jar.text(`${ROOT}inputs/${c.slice(9).trim()}`)).code);
  return { comments, queries: splitCode([...imported, ...code]) };
}

function splitComments(text: string): { comments: string[]; code: string[] } {
  const comments: string[] = [];
  const code: string[] = [];
  for (const line of text.replace(/\n+$/, '').split('\n')) {
    const bare = line.trim();
    (bare.startsWith('--') && !bare.startsWith('--QUERY-DELIMITER') ? comments : code).push(line);
  }
  return { comments, code };
}

function splitCode(code: readonly string[]): string[] {
  const raw: string[] = [];
  let outside: string[] = [];
  let inside: string[] | undefined;
  const flush = () => {
    raw.push(...outside.join('\n').split(/(?<=[^\\]);/));
    outside = [];
  };
  for (const line of code) {
    const bare = line.trim();
    if (bare.startsWith('--QUERY-DELIMITER-START')) {
      flush();
      inside = [];
    } else if (bare.startsWith('--QUERY-DELIMITER-END')) {
      raw.push((inside ?? []).join('\n').replace(/;$/, ''));
      inside = undefined;
    } else (inside ?? outside).push(line);
  }
  flush();
  return raw
    .map((q) =>
      q
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('--'))
        .join('\n')
        .trim(),
    )
    .filter((q) => q !== '');
}

/** Settings of the folder, of `--SET`, and of the first value of every `--CONFIG_DIM` (the recorded results are the same for
 * all values). Spark: `getSparkSettings`, `getSparkConfigDimensions`. */
function settingsOf(name: string, comments: readonly string[]): [string, string][] {
  const out: [string, string][] = [];
  if (name.startsWith('nonansi/')) out.push(['spark.sql.ansi.enabled', 'false']);
  if (name.startsWith('postgreSQL/')) out.push(['spark.sql.legacy.interval.enabled', 'true']);
  if (name.startsWith('timestampNTZ/')) out.push(['spark.sql.timestampType', 'TIMESTAMP_NTZ']);
  const pairs = (text: string): [string, string][] =>
    text.split(',').map((kv) => {
      const at = kv.indexOf('=');
      return [kv.slice(0, at).trim(), kv.slice(at + 1).trim()];
    });
  for (const c of comments) if (c.startsWith('--SET ')) out.push(...pairs(c.slice(6)));
  const seen = new Set<string>();
  for (const c of comments) {
    const dim = /^--CONFIG_DIM(\S*) (.*)$/.exec(c);
    if (!dim || seen.has(dim[1] as string)) continue;
    seen.add(dim[1] as string);
    out.push(...pairs(dim[2] as string));
  }
  return out;
}
