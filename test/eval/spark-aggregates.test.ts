import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { SparkError } from '../../src/errors/index.js';
import { cast } from '../../src/eval/cast.js';
import { valueKey } from '../../src/eval/compare.js';
import { compileRow, type RowFunction } from '../../src/eval/evaluate.js';
import type { CallContext } from '../../src/eval/function.js';
import { lookupAggregate } from '../../src/eval/registry.js';
import { type DataType, parseType, type StructType, sameType, toSqlString, type Value } from '../../src/types/index.js';
import { sameRecorded, toRecorded } from './recorded-json.js';
import { type Bound, castTo, constantOf, Mismatch, TIME_ZONE } from './sql-binder.js';
import { bindArguments, type Column, runSql } from './sql-expression.js';

/** What Apache Spark 4.0.1 answered for aggregates over one small table in one partition. */
interface Fixture {
  readonly columns: string;
  readonly rows: readonly string[];
  readonly cases: readonly {
    readonly sql: string;
    readonly where: string;
    readonly type?: string;
    readonly value?: unknown;
    readonly text?: string | null;
    readonly error?: string;
  }[];
}
const fixture = JSON.parse(readFileSync(new URL('./spark-aggregates.json', import.meta.url), 'utf8')) as Fixture;
const schema = parseType(fixture.columns) as StructType;
const columns: Column[] = schema.fields.map((f) => ({ name: f.name, type: f.dataType }));
const rows: Value[][] = fixture.rows.map((text) => {
  const cells = text.split(/, (?![^()]*\))/).map((cell) => runSql(cell));
  return cells.map((c, i) => cast(c.value, c.type, (columns[i] as Column).type, 'ANSI', TIME_ZONE));
});

function run(sql: string, input: readonly (readonly Value[])[], split: boolean): { type: DataType; value: Value } {
  const sorted = /^sort_array\((.*)\)$/.exec(sql)?.[1];
  const text = (sorted ?? sql).replace('count(*)', 'count(1)');
  const filter = / filter \(where (.*)\)$/.exec(text)?.[1];
  const distinct = /\(distinct /.test(text);
  const { name, args } = bindArguments(text.replace(/ filter .*$/, '').replace('distinct ', ''), columns);
  const def = lookupAggregate(name);
  if (!def) throw new Mismatch('UNRESOLVED_ROUTINE', name);
  const context = {
    mode: 'ANSI' as const,
    timeZone: TIME_ZONE,
    nullable: args.map((a) => a.nullable),
    constants: args.map(constantOf),
  };
  const casts = def.coerce(
    args.map((a) => a.expr.type),
    context,
  );
  if ('mismatch' in casts)
    throw new Mismatch(`DATATYPE_MISMATCH.${casts.mismatch.condition}`, casts.mismatch.parameters);
  const bound = args.map((a, i): Bound => {
    const type = casts[i];
    return type === undefined || sameType(type, a.expr.type) ? a : castTo(a, type, 'ANSI');
  });
  const argTypes = bound.map((b) => b.expr.type);
  const returnType = def.returnType(argTypes, context);
  const call: CallContext = { argTypes, returnType, mode: 'ANSI', timeZone: TIME_ZONE, state: new Map() };
  const functions: RowFunction[] = bound.map((b) => compileRow(b.expr));
  const where =
    filter === undefined ? undefined : compileRow((bindArguments(`not(${filter})`, columns).args[0] as Bound).expr);
  const seen = new Set<unknown>();
  const states = [def.create(call), def.create(call)];
  input.forEach((row, i) => {
    if (where && where(row) !== true) return;
    const values = functions.map((f) => f(row));
    if (distinct) {
      const key = valueKey(values[0] as Value, argTypes[0] as DataType);
      if (seen.has(key)) return;
      seen.add(key);
    }
    const at = split && i >= 3 ? 1 : 0;
    states[at] = def.update(states[at], values, call);
  });
  let value = def.finish(split ? def.merge(states[0], states[1], call) : states[0], call);
  if (sorted !== undefined) value = [...(value as readonly Value[])].sort((a, b) => Number(a) - Number(b));
  return { type: returnType, value };
}

const SELECTED: Readonly<Record<string, (row: readonly Value[]) => boolean>> = {
  '': () => true,
  'where a > 100': () => false,
  'where a = 7': (row) => row[0] === 7,
};

for (const [i, c] of fixture.cases.entries()) {
  for (const split of [false, true]) {
    test(`${i}: ${c.sql} ${c.where}${split ? ' (merged)' : ''}`, () => {
      const input = rows.filter(SELECTED[c.where] as (row: readonly Value[]) => boolean);
      if (c.error !== undefined) {
        let got = 'no error';
        try {
          run(c.sql, input, split);
        } catch (error) {
          got = (error as SparkError).condition ?? String(error);
        }
        expect(got).toBe(c.error);
        return;
      }
      const { type, value } = run(c.sql, input, split);
      expect(type.simpleString).toBe(c.type);
      if (c.text !== undefined) expect(value === null ? null : toSqlString(value, type)).toBe(c.text);
      else {
        const got = toRecorded(value, type);
        if (!sameRecorded(got, c.value)) expect(got).toEqual(c.value);
      }
    });
  }
}
