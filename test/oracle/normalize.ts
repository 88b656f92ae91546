const SEEDED = /\b(rand|randn|uuid|shuffle|randstr|uniform)\(([^()]*?)(Some\()?(-?\d{9,})\)?\)/g;
const MOMENT = /\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}\b/g;

/** A plan string as the recordings have it: ids in order of appearance, seeds and moments as `?`, paths as placeholders. */
export function normalizePlan(text: string, paths: Readonly<Record<string, string>>): string {
  const ids = new Map<string, number>();
  const ctes = new Map<string, number>();
  const number = (map: Map<string, number>, key: string) => {
    if (!map.has(key)) map.set(key, map.size + 1);
    return map.get(key) as number;
  };
  const today = new Date().toISOString().slice(0, 10);
  const renumbered = text
    .replace(/#(\d+)(L?)/g, (_, id: string, long: string) => `#${number(ids, id)}${long}`)
    .replace(/(CTERelationDef|CTERelationRef) (\d+)/g, (_, kind: string, id: string) => `${kind} ${number(ctes, id)}`)
    .replace(SEEDED, '$1($2?)')
    .replace(/Some\(-?\d{9,}\)/g, 'Some(?)')
    .replace(MOMENT, '?')
    .replaceAll(today, '?');
  return cleanPaths(renumbered, paths).replace(/\n+$/, '');
}

export function cleanPaths(text: string, paths: Readonly<Record<string, string>>): string {
  let out = text;
  for (const [key, value] of Object.entries(paths))
    out = out
      .replaceAll(`file://${value}`, `{${key}}`)
      .replaceAll(`file:${value}`, `{${key}}`)
      .replaceAll(value, `{${key}}`);
  return out.replace(/part-(\d{5})-[0-9a-f-]{36}/g, 'part-$1-?');
}

/** A tree string without what hangs below each InMemoryRelation, and how many of these there are. */
export function cutRelations(tree: string): { text: string; hits: number } {
  const out: string[] = [];
  let hits = 0;
  let skip: number | undefined;
  for (const line of tree.replace(/\n+$/, '').split('\n')) {
    const d = depth(line);
    if (skip !== undefined) {
      if (d > skip || line.trim() === '') continue;
      skip = undefined;
    }
    if (line.slice(3 * d).startsWith('InMemoryRelation [')) {
      hits++;
      skip = d;
    }
    out.push(line);
  }
  return { text: out.join('\n'), hits };
}

function depth(line: string): number {
  let n = 0;
  while (['   ', '+- ', ':- ', ':  '].includes(line.slice(3 * n, 3 * n + 3))) n++;
  return n;
}
