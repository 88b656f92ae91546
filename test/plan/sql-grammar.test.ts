import { describe, expect, it } from 'vitest';
import { SqlGrammar } from '../../src/plan/sql/grammar/statements.js';

describe('the grammar', () => {
  it('passes chevrotain validation, and no ungated alternative hides a later one', () => {
    expect(() => new SqlGrammar(true)).not.toThrow();
  });
});
