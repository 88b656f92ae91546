import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** From the cellar up: a room imports rooms before it in this list. What a room may import less than that, `ONLY` says. */
const ROOMS = [
  'errors',
  'types',
  'eval',
  'plan',
  'kernels',
  'storage',
  'exec',
  'session',
  'check',
  'advisor',
  'rdd',
  'index',
  'connect',
  'repl',
  'web',
  'testing',
];
const ONLY: Readonly<Record<string, readonly string[]>> = {
  plan: ['errors', 'types', 'eval'],
  kernels: ['errors', 'types', 'eval'],
  storage: ['errors', 'types', 'eval', 'kernels'],
  // Doors know the public names, nothing deeper.
  connect: ['index'],
  repl: ['index'],
  web: ['index'],
  testing: ['index'],
};
/** Files that call each other because what they walk is recursive. Nothing joins this list; files leave it. */
const MUTUAL = [
  ['exec/operators/aggregation.ts', 'exec/operators/distinct-filter.ts'],
  ['exec/pipelines/lower.ts', 'exec/pipelines/lower-aggregate.ts'],
  ['exec/pipelines/lower.ts', 'exec/pipelines/lower-join.ts'],
  ['exec/pipelines/lower.ts', 'exec/pipelines/lower-window.ts'],
  ['plan/analysis/rules/resolve-functions.ts', 'plan/analysis/table-functions.ts'],
  ['plan/analysis/rules/resolve-references.ts', 'plan/analysis/rules/resolve-references-in-sort.ts'],
];
const MAX_LINES = 600;
/** Tables and the grammar: long, but flat. */
const LONG = /^src\/(plan\/sql\/grammar\/|errors\/conditions\.ts|kernels\/generated\/|.*-(data|tables)\.ts$)/;

interface Import {
  readonly target: string;
  /** Only types: erased at run time. */
  readonly typeOnly: boolean;
  /** `import()`: loaded when reached. */
  readonly dynamic: boolean;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((f) => join('src', f).replaceAll('\\', '/'))
  .filter((f) => f.endsWith('.ts') && !f.startsWith('src/kernels/assembly/'))
  .sort();
const texts = new Map(files.map((f) => [f, readFileSync(f, 'utf8')]));

function importsOf(file: string): Import[] {
  const text = texts.get(file) as string;
  const found: Import[] = [];
  const resolve = (name: string) =>
    name.startsWith('.')
      ? normalize(join(dirname(file), name))
          .replaceAll('\\', '/')
          .replace(/\.js$/, '.ts')
      : name;
  for (const [, type, names = '', target = ''] of text.matchAll(
    /^(?:import|export)\s+(type\s+)?((?:[\w*\s,{}]|\bas\b)*?)\s*(?:from\s+)?'([^']+)';?/gm,
  )) {
    const inner = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
    const all = inner?.split(',').filter((n) => n.trim() !== '') ?? [];
    const typeOnly = type !== undefined || (all.length > 0 && all.every((n) => /^\s*type\s/.test(n)));
    found.push({ target: resolve(target), typeOnly, dynamic: false });
  }
  for (const [, target = ''] of text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g))
    found.push({ target: resolve(target), typeOnly: false, dynamic: true });
  return found;
}
const imports = new Map(files.map((f) => [f, importsOf(f)]));
const roomOf = (path: string) => (path.split('/')[1] as string).replace(/\.ts$/, '');

describe('architecture', () => {
  it('knows every room', () => {
    expect([...new Set(files.map(roomOf))].filter((r) => !ROOMS.includes(r))).toEqual([]);
  });

  it('imports files that exist', () => {
    const missing = files.flatMap((f) =>
      (imports.get(f) as Import[])
        .filter((i) => i.target.startsWith('src/') && !texts.has(i.target) && !existsSync(i.target))
        .map((i) => `${f} → ${i.target}`),
    );
    expect(missing.filter((m) => !m.includes('/generated/'))).toEqual([]);
  });

  it('imports rooms above only, types included', () => {
    const wrong = files.flatMap((f) => {
      const room = roomOf(f);
      const allowed = ONLY[room] ?? ROOMS.slice(0, ROOMS.indexOf(room));
      return (imports.get(f) as Import[])
        .filter((i) => i.target.startsWith('src/') && roomOf(i.target) !== room && !allowed.includes(roomOf(i.target)))
        .map((i) => `${f} → ${i.target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('names apache-arrow in storage/column only', () => {
    const users = files.filter((f) => (imports.get(f) as Import[]).some((i) => i.target === 'apache-arrow'));
    expect(users.filter((f) => !f.startsWith('src/storage/column/'))).toEqual([]);
    expect(users).not.toEqual([]);
  });

  it('has no import cycles at run time', () => {
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const path: string[] = [];
    const visit = (file: string): void => {
      state.set(file, 'open');
      path.push(file);
      for (const i of imports.get(file) as Import[]) {
        if (i.typeOnly || i.dynamic || !texts.has(i.target)) continue;
        if (state.get(i.target) === 'open') cycles.push([...path.slice(path.indexOf(i.target)), i.target].join(' → '));
        else if (!state.has(i.target)) visit(i.target);
      }
      path.pop();
      state.set(file, 'done');
    };
    for (const f of files) if (!state.has(f)) visit(f);
    const known = MUTUAL.map(([a, b]) => `src/${a} → src/${b} → src/${a}`);
    expect(cycles.filter((c) => !known.includes(c))).toEqual([]);
  });

  it(`keeps files within ${MAX_LINES} lines, tables and grammar excepted`, () => {
    const long = files.filter((f) => !LONG.test(f) && (texts.get(f) as string).split('\n').length > MAX_LINES + 1);
    expect(long).toEqual([]);
  });

  it('has no enum, any, default export, or error outside errors/', () => {
    const found = files.flatMap((f) =>
      (texts.get(f) as string).split('\n').flatMap((line, n) => {
        if (/^\s*(\/\/|\*|\/\*)/.test(line)) return [];
        const bad =
          /^(export )?(const )?enum\b/.test(line) ||
          /^export default\b/.test(line) ||
          /(:|\bas|<)\s*any\b(?=[\s;,)>[\]=]|$)(?!\|)/.test(line.replace(/\/.*\/[a-z]*;?$/, '')) ||
          (/\bnew Error\(/.test(line) && roomOf(f) !== 'errors');
        return bad ? [`${f}:${n + 1} ${line.trim()}`] : [];
      }),
    );
    expect(found).toEqual([]);
  });

  it('uses every dependency', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const used = new Set([...imports.values()].flat().map((i) => i.target));
    expect(Object.keys(dependencies).filter((d) => ![...used].some((u) => u === d || u.startsWith(`${d}/`)))).toEqual(
      [],
    );
  });
});
