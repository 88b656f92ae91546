import { quoteIdentifier } from '../../types/index.js';

/** Candidates by edit distance to the name, qualifiers that all share left off, at most five, quoted.
 * Spark: `StringUtils.orderSuggestedIdentifiersBySimilarity`. */
export function orderBySimilarity(base: readonly string[], candidates: readonly (readonly string[])[]): string[] {
  const shared = (drop: number) => new Set(candidates.map((c) => JSON.stringify(c.slice(0, -drop)))).size === 1;
  const shown =
    base.length === 1 && shared(1)
      ? candidates.map((c) => c.slice(-1))
      : base.length <= 2 && shared(2)
        ? candidates.map((c) => c.slice(-2))
        : candidates;
  const target = base.map((p) => (p.includes('.') ? quoteIdentifier(p) : p)).join('.');
  return shown
    .map((c) => c.map(quoteIdentifier).join('.'))
    .map((text, i) => ({ text, i, distance: editDistance(text, target) }))
    .sort((a, b) => a.distance - b.distance || a.i - b.i)
    .slice(0, 5)
    .map((c) => c.text);
}

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] as number;
}
