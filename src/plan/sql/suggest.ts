import { keywordTypes } from './tokens.js';

/** The keyword that a misspelled word may have been meant for: one edit away, or two for words of six letters and more.
 * Helps whoever shows a syntax error; the error itself stays as Spark words it. */
export function suggestKeyword(word: string): string | undefined {
  const upper = word.toUpperCase();
  if (upper.length < 3 || keywordTypes.has(upper)) return undefined;
  let best: string | undefined;
  let least = upper.length >= 6 ? 2 : 1;
  for (const keyword of keywordTypes.keys()) {
    if (keyword.length < 3 || Math.abs(keyword.length - upper.length) > least) continue;
    const distance = edits(upper, keyword);
    const closer =
      distance === least && (best === undefined || (best.length !== upper.length && keyword.length === upper.length));
    if (distance < least || closer) {
      best = keyword;
      least = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
function edits(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const above = rows[i - 1] as number[];
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, (above[j - 1] as number) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (rows[i - 2]?.[j - 2] as number) + 1);
      }
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] as number;
}
