/** Asynchronous look-ups within a task, in order: how many run at once, how long it takes, and what is lost by not waiting. */
import { SparkSession } from 'memoframe';
import { figure, gate, option, table } from '../report.mjs';

const wait = option('wait', 100);
const spark = await SparkSession.builder.appName('async-lookup').master('local[1]').getOrCreate();
const sc = spark.sparkContext;

/** What each variant does with the elements and with `foo`, which waits and counts what is in flight. */
const variants = {
  sequential: async function* (it, foo) {
    for (const x of it) yield await foo(x);
  },
  'unbounded, not awaited': async function* (it, foo) {
    const results = [];
    // The wrong way: nobody waits for the calls, so the task ends before them.
    for (const x of it) void foo(x).then((r) => results.push(r));
    yield* results;
  },
  awaitAll: (it, foo, task) => task.awaitAll(it, { each: foo }),
  'awaitBatch(3)': (it, foo, task) => task.awaitBatch(it, 3, { each: foo }),
  'awaitSliding(3)': (it, foo, task) => task.awaitSliding(it, 3, { each: foo }),
  'slidingPrefetch(3)': (it, foo, task) => task.slidingPrefetch(it, 3, { each: foo }),
};

/** Runs a variant in one task over calls that take `latencies[x - 1]` milliseconds. */
async function measure(variant, latencies) {
  const numbers = Array.from(latencies, (_, i) => i + 1);
  const [outcome] = await sc
    .parallelize(numbers, 1)
    .mapPartitions(
      async (it, task) => {
        let running = 0;
        let most = 0;
        let begun = 0;
        let ended = 0;
        const foo = async (x) => {
          begun++;
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, latencies[x - 1]));
          running--;
          ended++;
          return x * x;
        };
        const start = performance.now();
        let first = 0;
        const results = [];
        for await (const r of variant(it, foo, task)) {
          if (results.length === 0) first = performance.now() - start;
          results.push(r);
        }
        return [{ results, ms: performance.now() - start, most, first, started: begun, ended }];
      },
      { vars: { variant, latencies } },
    )
    .collect();
  return outcome;
}

const even = Array.from({ length: 10 }, () => wait);
const outcomes = new Map();
await measure(variants['sequential'], [1]);
for (const [name, variant] of Object.entries(variants)) outcomes.set(name, await measure(variant, even));
await new Promise((resolve) => setTimeout(resolve, wait));

console.log(`slowFoo, an asynchronous wait of ${wait} ms, over 1..10 in one task\n`);
table(
  ['variant', 'time', 'waits', 'most in flight', 'first result', 'results', 'in order', 'lost'],
  [...outcomes].map(([name, o]) => [
    name,
    `${Math.round(o.ms)} ms`,
    (o.ms / wait).toFixed(1),
    o.most,
    o.results.length ? `${Math.round(o.first)} ms` : '',
    o.results.length,
    isSquares(o.results) ? 'yes' : o.results.length ? 'no' : '',
    o.started - o.results.length,
  ]),
);

// Latencies that differ from call to call: a barrier waits for the slowest of each batch.
const unit = wait / 5;
let seed = 7;
const random = () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
const mixes = {
  'all alike': Array.from({ length: 60 }, () => unit * 3),
  'in turn 1 to 5': Array.from({ length: 60 }, (_, i) => unit * (1 + (i % 5))),
  'fast and slow': Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? unit * 5 : unit)),
  'at random': Array.from({ length: 60 }, () => unit * 3 * -Math.log(1 - random())),
};
const ratios = new Map();
const mixed = [];
const rows = [];
for (const [name, latencies] of Object.entries(mixes)) {
  const batch = await measure(variants['awaitBatch(3)'], latencies);
  const sliding = await measure(variants['awaitSliding(3)'], latencies);
  const prefetch = await measure(variants['slidingPrefetch(3)'], latencies);
  mixed.push(batch, sliding, prefetch);
  ratios.set(name, sliding.ms / batch.ms);
  rows.push([
    name,
    `${Math.round(batch.ms)} ms`,
    `${Math.round(sliding.ms)} ms`,
    `${Math.round(prefetch.ms)} ms`,
    (sliding.ms / batch.ms).toFixed(2),
    (prefetch.ms / batch.ms).toFixed(2),
  ]);
}
console.log('60 calls, latencies mixed\n');
table(
  ['latencies', 'awaitBatch(3)', 'awaitSliding(3)', 'slidingPrefetch(3)', 'sliding / batch', 'prefetch / batch'],
  rows,
);

const of = (name) => outcomes.get(name);
const slack = 0.6;
const waits = (name) => of(name).ms / wait;
gate(
  'sequential takes 10 waits',
  Math.abs(waits('sequential') - 10) < 10 * slack * 0.5,
  waits('sequential').toFixed(2),
);
gate('awaitAll takes about 1', waits('awaitAll') < 1 + slack, waits('awaitAll').toFixed(2));
gate(
  'awaitBatch(3) takes about 4',
  Math.abs(waits('awaitBatch(3)') - 4) < 4 * slack * 0.5,
  waits('awaitBatch(3)').toFixed(2),
);
const lost = of('unbounded, not awaited');
gate(
  'not awaiting loses results',
  lost.results.length < 10 && lost.started === 10,
  `${10 - lost.results.length} of 10 lost`,
);
for (const [name, bound] of [
  ['sequential', 1],
  ['awaitBatch(3)', 3],
  ['awaitSliding(3)', 3],
  ['slidingPrefetch(3)', 6],
])
  gate(`${name} has at most ${bound} in flight`, of(name).most <= bound, String(of(name).most));
gate(
  'the bounds hold at mixed latencies',
  mixed.every((o, i) => o.most <= (i % 3 === 2 ? 6 : 3)),
  mixed.map((o) => o.most).join(' '),
);
const waited = [...outcomes].filter(([name]) => name !== 'unbounded, not awaited').map(([, o]) => o);
gate(
  'all results in order',
  [...waited, ...mixed].every((o) => isSquares(o.results)),
  `${waited.length + mixed.length} runs`,
);
const head = of('awaitSliding(3)');
gate(
  'awaitSliding passes the head on first',
  head.first < 2 * wait && head.results[0] === 1,
  `${Math.round(head.first)} ms`,
);
gate(
  'slidingPrefetch is at least as fast as awaitSliding',
  of('slidingPrefetch(3)').ms <= head.ms * 1.05,
  `${(of('slidingPrefetch(3)').ms / head.ms).toFixed(2)} of its time`,
);
for (const name of ['in turn 1 to 5', 'fast and slow']) {
  const ratio = ratios.get(name);
  gate(`sliding ≤ 0.8 × batch, latencies ${name}`, ratio <= 0.8, ratio.toFixed(3));
}
figure('even', Object.fromEntries([...outcomes].map(([name, { ms, most }]) => [name, { ms, most }])));
figure('slidingToBatch', Object.fromEntries(ratios));
console.log(`ratio ${ratios.get('in turn 1 to 5').toFixed(3)}`);
await spark.stop();

function isSquares(results) {
  return results.length > 0 && results.every((r, i) => r === (i + 1) ** 2);
}
