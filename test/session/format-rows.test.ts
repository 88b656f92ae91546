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
