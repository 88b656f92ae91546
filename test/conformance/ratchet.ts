import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What passed: indices of statements by file, results and analyzed plans apart. */
export type Passed = Map<string, { results: ReadonlySet<number>; analyzed: ReadonlySet<number> }>;

/** Lines of `name results RANGES analyzed RANGES`; ranges as `0-5,7`, nothing as `-`. */
export function readPassed(path: string): Passed {
  const out: Passed = new Map();
  if (!existsSync(path)) return out;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [name, , results, , analyzed] = line.split(' ');
    if (name && results && analyzed) out.set(name, { results: fromRanges(results), analyzed: fromRanges(analyzed) });
  }
  return out;
}

export function writePassed(path: string, passed: Passed): void {
  const lines = [...passed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, p]) => `${name} results ${toRanges(p.results)} analyzed ${toRanges(p.analyzed)}\n`);
  writeFileSync(path, lines.join(''));
}

/** What `before` has and `now` has not, of the files that `now` knows: `name#index results`. */
export function lostOf(before: Passed, now: Passed): string[] {
  const out: string[] = [];
  for (const [name, mine] of now) {
    const old = before.get(name);
    if (!old) continue;
    for (const kind of ['results', 'analyzed'] as const)
      for (const index of old[kind]) if (!mine[kind].has(index)) out.push(`${name}#${index} ${kind}`);
  }
  return out;
}

/** All that either has. */
export function unionOf(a: Passed, b: Passed): Passed {
  const out: Passed = new Map(a);
  for (const [name, p] of b) {
    const old = out.get(name);
    out.set(name, {
      results: new Set([...(old?.results ?? []), ...p.results]),
      analyzed: new Set([...(old?.analyzed ?? []), ...p.analyzed]),
    });
  }
  return out;
}

function toRanges(set: ReadonlySet<number>): string {
  const out: string[] = [];
  let start: number | undefined;
  for (const n of [...set].sort((a, b) => a - b)) {
    start ??= n;
    if (set.has(n + 1)) continue;
    out.push(start === n ? `${n}` : `${start}-${n}`);
    start = undefined;
  }
  return out.join(',') || '-';
}

function fromRanges(text: string): ReadonlySet<number> {
  const out = new Set<number>();
  if (text === '-') return out;
  for (const part of text.split(',')) {
    const [from, to = from] = part.split('-').map(Number) as [number, number?];
    for (let n = from; n <= to; n++) out.add(n);
  }
  return out;
}
