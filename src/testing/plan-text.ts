import type { DataFrame } from '../index.js';

/** A plan's text with ids numbered from 0 in order of appearance. */
export function plainPlan(text: string): string {
  const numbers = new Map<string, number>();
  return text
    .trim()
    .split('\n')
    .map((l) => l.trimEnd())
    .join('\n')
    .replace(/#(\d+)(L?)/g, (_, id: string, long: string) => {
      if (!numbers.has(id)) numbers.set(id, numbers.size);
      return `#${numbers.get(id)}${long}`;
    });
}

/** Both analyzed plans, one above the other. */
export function planLines(a: DataFrame, b: DataFrame): string {
  const text = (df: DataFrame) => plainPlan(df.queryExecution.analyzed.treeString);
  return `received:\n${text(a)}\nother:\n${text(b)}`;
}
