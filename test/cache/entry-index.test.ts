import { describe, expect, it } from 'vitest';
import { EntryIndex } from '../../src/plan/cache/entry-index.js';

/** Pairs of different texts, found by trying, on which FNV-1a of 30 bits agrees. */
function collidingTexts(): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i++) {
    const text = `Filter(${i})`;
    let h = 0x811c_9dc5;
    for (const c of text) h = Math.imul(h ^ c.charCodeAt(0), 0x0100_0193);
    const hash = (h ^ (h >>> 30)) & 0x3fff_ffff;
    const other = seen.get(hash);
    if (other !== undefined) return [other, text];
    seen.set(hash, text);
  }
}

describe('the index of entries', () => {
  it('finds the newest entry with a text, and the older ones once it is gone', () => {
    const index = new EntryIndex<number>();
    index.add('a', 1);
    index.add('a', 2);
    expect(index.find('a')).toBe(2);
    index.delete('a', 2);
    expect(index.find('a')).toBe(1);
    index.delete('a', 1);
    expect(index.find('a')).toBeUndefined();
  });
  it('tells texts apart that have one hash', () => {
    const [a, b] = collidingTexts();
    const index = new EntryIndex<string>();
    index.add(a, 'first');
    expect(index.find(b)).toBeUndefined();
    index.add(b, 'second');
    expect([index.find(a), index.find(b)]).toEqual(['first', 'second']);
    index.delete(a, 'first');
    expect([index.find(a), index.find(b)]).toEqual([undefined, 'second']);
    index.add(a, 'third');
    index.delete(a, 'third');
    expect([index.find(a), index.find(b)]).toEqual([undefined, 'second']);
  });
  it('leaves alone what it does not hold', () => {
    const index = new EntryIndex<number>();
    index.add('a', 1);
    index.delete('a', 2);
    index.delete('b', 1);
    expect(index.find('a')).toBe(1);
  });
});
