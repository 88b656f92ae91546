import { type JsonNode, writeJson } from './json-text.js';

/** Steps of a path: a field by name, an element by position or all of them. `.*` is accepted and never matches, as in Spark. */
export type PathStep =
  | { readonly k: 'field'; readonly name: string }
  | { readonly k: 'none' }
  | { readonly k: 'element'; readonly index: number | undefined };

/** `$.a.b[0]['c'][*]`; undefined if malformed. Spark: `JsonPathParser`. */
export function parseJsonPath(path: string): readonly PathStep[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: PathStep[] = [];
  const re = /\.\*|\['\*'\]|\.([^.[]+)|\['([^']*)'\]|\[(\d+)\]|\[\*\]/y;
  re.lastIndex = 1;
  while (re.lastIndex < path.length) {
    const match = re.exec(path);
    if (!match) return undefined;
    if (match[0] === '.*' || match[0] === "['*']") {
      steps.push({ k: 'none' });
      continue;
    }
    const name = match[1] ?? match[2];
    if (name !== undefined) steps.push({ k: 'field', name });
    else if (match[3] !== undefined) steps.push({ k: 'element', index: Number(match[3]) });
    else steps.push({ k: 'element', index: undefined });
  }
  return steps;
}

type Style = 'raw' | 'quoted' | 'flatten';

/** Text at a path, null if nothing is there: strings bare, several matches as an array. Spark: `GetJsonObjectEvaluator`. */
export function jsonAtPath(node: JsonNode, path: readonly PathStep[]): string | null {
  const out: string[] = [];
  return evaluate(node, path, 'raw', out) && out.length > 0 ? out.join(',') : null;
}

/** Appends the matches' texts to `out`; whether something was written. */
function evaluate(node: JsonNode, path: readonly PathStep[], style: Style, out: string[]): boolean {
  const [step, ...rest] = path;
  if (step === undefined) {
    if (node.k === 'string' && style === 'raw') out.push(node.value);
    else if (node.k === 'array' && style === 'flatten') {
      let dirty = false;
      for (const item of node.items) dirty = evaluate(item, [], style, out) || dirty;
      return dirty;
    } else out.push(writeJson(node));
    return true;
  }
  if (step.k === 'field') {
    if (node.k !== 'object') return false;
    for (const [name, value] of node.fields) {
      if (name !== step.name || value.k === 'null') continue;
      if (evaluate(value, rest, style, out)) return true;
    }
    return false;
  }
  if (step.k === 'none' || node.k !== 'array') return false;
  if (step.index !== undefined) {
    const item = node.items[step.index];
    const wild = rest[0]?.k === 'element' && rest[0].index === undefined;
    return item !== undefined && evaluate(item, rest, wild ? 'quoted' : style, out);
  }
  const next = rest[0];
  if (next?.k === 'element' && next.index === undefined) {
    const parts: string[] = [];
    let dirty = false;
    for (const item of node.items) dirty = evaluate(item, rest.slice(1), 'flatten', parts) || dirty;
    out.push(`[${parts.join(',')}]`);
    return dirty;
  }
  if (style !== 'quoted') {
    const parts: string[] = [];
    let matches = 0;
    for (const item of node.items) if (evaluate(item, rest, style === 'raw' ? 'quoted' : 'flatten', parts)) matches++;
    if (matches > 1) out.push(`[${parts.join(',')}]`);
    else if (matches === 1) out.push(parts.join(','));
    return matches > 0;
  }
  const parts: string[] = [];
  let dirty = false;
  for (const item of node.items) dirty = evaluate(item, rest, 'quoted', parts) || dirty;
  out.push(`[${parts.join(',')}]`);
  return dirty;
}
