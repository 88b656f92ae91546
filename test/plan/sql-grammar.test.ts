import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SqlGrammar } from '../../src/plan/sql/grammar/statements.js';
import { findOverlaps, makeTables } from '../../src/plan/sql/lookahead.js';

const FILE = join(import.meta.dirname, '../../src/plan/sql/lookahead-tables.ts');

function render(tables: Record<string, string>): string {
  const rows = Object.entries(tables).map(([key, row]) => {
    const line = `  '${key}': '${row}',`;
    return line.length <= 120 ? line : `  '${key}':\n    '${row}',`;
  });
  return `/** LL(1) tables of the grammar, made by \`UPDATE=1 npx vitest run test/plan/sql-grammar.test.ts\`: rule, kind of choice and
 * occurrence → first tokens of each alternative. See \`lookahead.ts\`. */
export const LOOKAHEAD_TABLES: Readonly<Record<string, string>> = {
${rows.join('\n')}
};
`;
}
/** Formatting aside. */
const bare = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll(/ ?: '/g, ": '");

describe('the grammar', () => {
  it('passes chevrotain validation, and no alternative hides a later one unless a gate decides', () => {
    expect(() => new SqlGrammar(true)).not.toThrow();
    expect(findOverlaps(Object.values(new SqlGrammar(true).getGAstProductions()))).toEqual([]);
  });

  it('has look-ahead tables that fit it', () => {
    const text = render(makeTables(Object.values(new SqlGrammar(true).getGAstProductions())));
    if (process.env['UPDATE'] === '1') writeFileSync(FILE, text);
    expect(bare(readFileSync(FILE, 'utf8'))).toBe(bare(text));
  });
});
