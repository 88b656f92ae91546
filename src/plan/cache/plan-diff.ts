import type { LogicalPlan } from '../logical/logical-plan.js';
import { ownKey, significant, significantChildren } from './plan-distance.js';

const WIDTH = 60;

/** Two plans side by side, a line per node that counts in a comparison; `!` marks lines that differ, `>` the first of them. */
export function planDiff(query: LogicalPlan, entry: LogicalPlan): string {
  const left = linesOf(significant(query), 0);
  const right = linesOf(significant(entry), 0);
  const width = Math.min(WIDTH, Math.max(5, ...left.map((l) => l.text.length)));
  const lines = [`    ${'query'.padEnd(width)}  | cached`];
  let first = true;
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const l = left[i];
    const r = right[i];
    const same = l?.key === r?.key && l?.text.search(/\S/) === r?.text.search(/\S/);
    const mark = same ? ' ' : first ? '>' : '!';
    if (!same) first = false;
    lines.push(`  ${mark} ${clip(l?.text ?? '', width).padEnd(width)}  | ${clip(r?.text ?? '', WIDTH)}`.trimEnd());
  }
  return lines.join('\n');
}

interface Line {
  readonly text: string;
  readonly key: string;
}

function linesOf(p: LogicalPlan, depth: number): Line[] {
  const text = `${'  '.repeat(depth)}${p.simpleString.replace(/\s+/g, ' ')}`;
  return [{ text, key: ownKey(p) }, ...significantChildren(p).flatMap((c) => linesOf(c, depth + 1))];
}

function clip(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
