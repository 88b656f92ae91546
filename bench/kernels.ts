/** Expressions of TPC-H Q1 and Q6 over columns in memory, in morsels of 4,096 rows: time per expression program.
 * `npm run -s bench` is for gates; this one is for the eye: `node scripts/run.mjs bench/kernels.ts`. */
import type { BoundExpr } from '../src/eval/bound.js';
import { decimalResult } from '../src/eval/functions/arithmetic.js';
import { compileExpressions, compileFilter, type ExprContext } from '../src/exec/expr/compile.js';
import { instantiateKernels } from '../src/kernels/index.js';
import { MORSEL_ROWS, type Morsel, type Vector } from '../src/storage/column/vector.js';
import { Arena } from '../src/storage/memory/arena.js';
import { Region } from '../src/storage/memory/region.js';
import { BOOLEAN, DATE, type DataType, Decimal, DecimalType, DOUBLE, STRING } from '../src/types/index.js';

const ROWS = 6_000_000;
const arena = Arena.create();
const data = new Region(arena, 1, 64);
const kernels = instantiateKernels(arena.memory);
const D12 = new DecimalType(12, 2);

function column(type: DataType, rep: Vector['rep'], width: number, value: (i: number) => number): Vector {
  const address = data.alloc(ROWS * width);
  for (let i = 0; i < ROWS; i++) {
    if (width === 4) arena.i32[(address >>> 2) + i] = value(i);
    else if (rep === 'f64') arena.f64[(address >>> 3) + i] = value(i);
    else arena.i64[(address >>> 3) + i] = BigInt(value(i));
  }
  return { type, rep, data: address, validity: 0 };
}

let seed = 1;
const random = (n: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed % n;
};
const words = ['PROMO BRUSHED COPPER', 'STANDARD POLISHED TIN', 'ECONOMY ANODIZED BRASS', 'PROMO PLATED STEEL'];
const wordViews = data.alloc(words.length * 8);
words.forEach((w, i) => {
  const at = data.alloc(64);
  arena.u8.set(Buffer.from(w), at);
  arena.u32[(wordViews >>> 2) + i * 2] = at;
  arena.u32[(wordViews >>> 2) + i * 2 + 1] = w.length;
});
const codes = column(STRING, 'view', 4, () => random(4));
const flat = data.alloc(ROWS * 8);
for (let i = 0; i < ROWS; i++)
  arena.i64[(flat >>> 3) + i] = arena.i64[(wordViews >>> 3) + arena.i32[(codes.data >>> 2) + i]!]!;

const columns: readonly Vector[] = [
  column(D12, 'i64', 8, () => (1 + random(50)) * 100),
  column(D12, 'i64', 8, () => 90_000 + random(10_000_000)),
  column(D12, 'i64', 8, () => random(11)),
  column(D12, 'i64', 8, () => random(9)),
  column(DATE, 'i32', 4, () => 8036 + random(2526)),
  column(DOUBLE, 'f64', 8, () => random(1000) / 10),
  { ...codes, dictionary: { data: wordViews, size: 4, id: arena.nextId() } },
  { type: STRING, rep: 'view', data: flat, validity: 0 },
];
const types = columns.map((c) => ({ type: c.type }));
const width = [8, 8, 8, 8, 4, 8, 4, 8];

const col = (ordinal: number): BoundExpr => ({ k: 'input', ordinal, type: columns[ordinal]!.type, nullable: false });
const dec = (n: bigint, scale: number, p: number): BoundExpr => ({
  k: 'literal',
  value: new Decimal(n, scale),
  type: new DecimalType(p, scale),
});
const date = (days: number): BoundExpr => ({ k: 'literal', value: days, type: DATE });
const text = (s: string): BoundExpr => ({ k: 'literal', value: s, type: STRING });
const call = (fn: string, type: DataType, ...args: BoundExpr[]): BoundExpr => ({
  k: 'call',
  fn,
  type,
  args,
  mode: 'ANSI',
  timeZone: 'UTC',
});
const arith = (fn: '+' | '-' | '*', a: BoundExpr, b: BoundExpr): BoundExpr =>
  call(
    fn,
    (fn === '*' ? decimalResult.multiply : decimalResult.add)(a.type as DecimalType, b.type as DecimalType),
    a,
    b,
  );
const and = (...all: BoundExpr[]): BoundExpr => all.reduce((left, right) => ({ k: 'and', left, right, type: BOOLEAN }));
const cmp = (fn: string, a: BoundExpr, b: BoundExpr): BoundExpr => call(fn, BOOLEAN, a, b);

const one = dec(1n, 0, 1);
const discPrice = arith('*', col(1), arith('-', one, col(2)));
const charge = arith('*', discPrice, arith('+', one, col(3)));
const q6 = and(
  cmp('>=', col(4), date(8766)),
  cmp('<', col(4), date(9131)),
  cmp('>=', col(2), dec(5n, 2, 12)),
  cmp('<=', col(2), dec(7n, 2, 12)),
  cmp('<', col(0), dec(2400n, 2, 12)),
);

const ctx: ExprContext = {
  arena,
  kernels,
  parameters: new Map(),
  partitionIndex: 0,
  scratch: new Region(arena, 2, 4),
  keep: new Region(arena, 3),
};

function slice(start: number): Morsel {
  const length = Math.min(MORSEL_ROWS, ROWS - start);
  return {
    length,
    columns: columns.map((c, i) => ({ ...c, data: c.data + start * width[i]! })),
    selection: 0,
    selected: length,
  };
}

function time(name: string, step: (m: Morsel) => number): void {
  let best = Number.POSITIVE_INFINITY;
  let result = 0;
  for (let round = 0; round < 7; round++) {
    result = 0;
    // CPU time: other processes on the machine do not count.
    const started = process.cpuUsage();
    for (let start = 0; start < ROWS; start += MORSEL_ROWS) {
      ctx.scratch.reset();
      result += step(slice(start));
    }
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, (user + system) / 1000);
  }
  console.log(
    `${name.padEnd(46)} ${best.toFixed(1).padStart(8)} ms cpu  ${((best * 1e6) / ROWS).toFixed(2).padStart(6)} ns/row  ${result}`,
  );
}

function filter(name: string, condition: BoundExpr): void {
  const f = compileFilter(condition, types, ctx);
  time(name, (m) => f.run(m).selected);
}
function program(name: string, exprs: readonly BoundExpr[]): void {
  const p = compileExpressions(exprs, types, ctx);
  time(name, (m) => p.run(m).length);
}

time('empty loop', () => 1);
filter('Q6 filter', q6);
const f6 = compileFilter(q6, types, ctx);
const p6 = compileExpressions([arith('*', col(1), col(2))], types, ctx);
time('Q6 filter and product', (m) => p6.run(f6.run(m)).length);
filter('Q1 filter', cmp('<=', col(4), date(10_471)));
program('Q1 price * (1 - discount)', [discPrice]);
program('Q1 both products', [discPrice, charge]);
const f1 = compileFilter(cmp('<=', col(4), date(10_471)), types, ctx);
const p1 = compileExpressions([discPrice, charge], types, ctx);
time('Q1 filter and both products', (m) => p1.run(f1.run(m)).length);
program('double a * a + a', [call('+', DOUBLE, call('*', DOUBLE, col(5), col(5)), col(5))]);
program('year(date)', [call('year', { ...DATE, kind: 'int' } as unknown as DataType, col(4))]);
filter("LIKE 'PROMO%' (dictionary)", call('like', BOOLEAN, col(6), text('PROMO%')));
filter("LIKE 'PROMO%' (flat)", call('like', BOOLEAN, col(7), text('PROMO%')));
filter("LIKE '%P%T%' (flat)", call('like', BOOLEAN, col(7), text('%P%T%')));
filter("= 'PROMO PLATED STEEL' (dictionary)", cmp('=', col(6), text('PROMO PLATED STEEL')));
filter("= 'PROMO PLATED STEEL' (flat)", cmp('=', col(7), text('PROMO PLATED STEEL')));
