import { readdirSync, statSync } from 'node:fs';
import { join, parse, sep } from 'node:path';

/** Whether a path has characters that Hadoop's globs give a meaning. Spark: `SparkHadoopUtil.isGlobPath`. */
export function isGlob(path: string): boolean {
  return /[{}[\]*?\\]/.test(path);
}

/** Paths that match a glob (`*`, `?`, `[a-z]`, `[^a]`, `{x,y}`, `\c`), sorted. A wildcard never crosses a directory. */
export function expandGlob(pattern: string): string[] {
  const { root } = parse(pattern);
  const found = new Set<string>();
  for (const alternative of expandBraces(pattern.slice(root.length))) {
    let level = [root === '' ? '.' : root];
    for (const segment of alternative.split(/[/]+/).filter((s) => s !== '')) {
      const next: string[] = [];
      const wild = isGlob(segment);
      const matcher = wild ? segmentMatcher(segment) : undefined;
      for (const directory of level) {
        if (!matcher) next.push(join(directory, segment));
        else for (const name of namesIn(directory)) if (matcher.test(name)) next.push(join(directory, name));
      }
      level = next;
    }
    for (const path of level) if (exists(path)) found.add(path);
  }
  return [...found].sort();
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** `a{b,c{d,e}}` → `ab`, `acd`, `ace`. */
function expandBraces(pattern: string): string[] {
  const open = indexOutsideEscape(pattern, '{');
  if (open < 0) return [pattern];
  let depth = 0;
  const parts: string[] = [];
  let start = open + 1;
  for (let i = open; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '\\') i++;
    else if (c === '{') depth++;
    else if (c === ',' && depth === 1) {
      parts.push(pattern.slice(start, i));
      start = i + 1;
    } else if (c === '}' && --depth === 0) {
      parts.push(pattern.slice(start, i));
      const before = pattern.slice(0, open);
      const after = pattern.slice(i + 1);
      return parts.flatMap((p) => expandBraces(before + p + after));
    }
  }
  return [pattern];
}

function indexOutsideEscape(text: string, wanted: string): number {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === wanted) return i;
  }
  return -1;
}

/** A matcher of one path segment, or of a whole file name (`pathGlobFilter`). */
export function segmentMatcher(segment: string): RegExp {
  let source = '';
  for (let i = 0; i < segment.length; i++) {
    const c = segment[i] as string;
    if (c === '*') source += '.*';
    else if (c === '?') source += '.';
    else if (c === '[') {
      const close = segment.indexOf(']', i + 2);
      if (close < 0) source += '\\[';
      else {
        const body = segment.slice(i + 1, close).replace(/[\\\]]/g, '\\$&');
        source += body.startsWith('!') ? `[^${body.slice(1)}]` : `[${body}]`;
        i = close;
      }
    } else if (c === '\\' && i + 1 < segment.length) source += escapeRegExp(segment[++i] as string);
    else source += escapeRegExp(c);
  }
  return new RegExp(`^${source}$`, 's');
}

function escapeRegExp(c: string): string {
  return c.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Uses `/` everywhere. */
export function slashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
