import { expect, it } from 'vitest';
import { formatRows } from '../../src/session/format-rows.js';
import { INT, STRING, StructField, StructType } from '../../src/types/index.js';

it('a table wider than the terminal stands as one value a line', () => {
  const schema = new StructType([new StructField('id', INT), new StructField('名', STRING)]);
  const rows = [
    [1, 'a long text'],
    [2, null],
  ];
  expect(formatRows(schema, rows, 'table', 'UTC', 15)).toBe('id  名\n──  ───────────\n 1  a long text\n 2  NULL\n');
  expect(formatRows(schema, rows, 'table', 'UTC', 14)).toBe(
    '── row 1 ──\nid  1\n名  a long text\n── row 2 ──\nid  2\n名  NULL\n',
  );
});

const texts = (name: string, values: readonly (string | null)[], format: 'table' | 'csv' | 'markdown') =>
  formatRows(
    new StructType([new StructField(name, STRING), new StructField('n', INT)]),
    values.map((v) => [v, 1]),
    format,
    'UTC',
  );

it('columns stay aligned beside wide characters, marks and emoji', () => {
  expect(texts('x', ['日本', 'e\u0301', '👍🏽', '👨‍👩‍👧', '🇩🇪', '☕', 'ab'], 'table')).toBe(
    [
      'x     n',
      '────  ─',
      '日本  1',
      'e\u0301     1',
      '👍🏽    1',
      '👨‍👩‍👧    1',
      '🇩🇪    1',
      '☕    1',
      'ab    1',
      '',
    ].join('\n'),
  );
});

it('control characters in data are shown, not sent to the terminal', () => {
  const text = 'a\u001b[2J\u0000\u009b\u202eb\n';
  expect(texts('na\u0007me', [text], 'table')).toContain('a\\u001b[2J\\u0000\\u009b\\u202eb\\n  1');
  expect(texts('na\u0007me', [text], 'table')).toContain('na\\ame');
  expect(texts('\u001b', [text], 'markdown')).not.toContain('\u001b');
});

it('CSV tells an empty text from null', () => {
  expect(texts('x', ['', null, 'NULL'], 'csv')).toBe('x,n\n"",1\n,1\nNULL,1\n');
});
