import { compilePattern } from '../../eval/pattern.js';
import type { AttributeReference } from '../expressions/named.js';
import type { UnresolvedRegex } from '../expressions/unresolved.js';
import type { LogicalPlan } from '../logical/logical-plan.js';

/** The columns whose whole names a pattern matches, of one table if it is qualified. Spark: `UnresolvedRegex.expand`. */
export function columnsByPattern(
  e: UnresolvedRegex,
  child: LogicalPlan,
  sameName: (a: string, b: string) => boolean,
): readonly AttributeReference[] {
  const matches = nameMatcher(e.pattern, e.caseSensitive);
  const { table } = e;
  return child.output.filter((a) => {
    const owner = a.qualifier.at(-1);
    return (table === undefined || (owner !== undefined && sameName(owner, table))) && matches(a.name);
  });
}

function nameMatcher(source: string, caseSensitive: boolean): (name: string) => boolean {
  const body = withoutPossessive(source);
  const pattern = compilePattern(`${caseSensitive ? '' : '(?i)'}^(?:${body})$`, 'colRegex');
  return (name) => pattern.find(name, 0) !== undefined;
}

/** `x?+` gives nothing back: `(?=(?<p>x?))\k<p>` says the same where possessive quantifiers are unknown. */
function withoutPossessive(source: string): string {
  let out = '';
  /** Where the atom that a quantifier would be about begins. */
  let atom = 0;
  let count = 0;
  const open: number[] = [];
  for (let i = 0; i < source.length; ) {
    const rest = source.slice(i);
    const quantifier = /^(?:[?*+]|\{\d+(?:,\d*)?\})/.exec(rest)?.[0];
    if (quantifier !== undefined) {
      const isPossessive = rest[quantifier.length] === '+';
      if (isPossessive) {
        const name = `p${count++}`;
        out = `${out.slice(0, atom)}(?=(?<${name}>${out.slice(atom)}${quantifier}))\\k<${name}>`;
      } else out += quantifier;
      i += quantifier.length + (isPossessive ? 1 : 0);
      continue;
    }
    if (rest[0] === '(') open.push(out.length);
    const piece = /^(?:\\.|\[(?:\\.|[^\]\\])*\]|[\s\S])/.exec(rest)?.[0] as string;
    atom = rest[0] === ')' ? (open.pop() ?? out.length) : out.length;
    out += piece;
    i += piece.length;
  }
  return out;
}
