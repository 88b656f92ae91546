// A heavy model that tasks need: loaded for each element, for each partition, or once for each worker.
import { SparkSession } from 'memoframe';
import { figure, gate, option, seconds, table } from '../report.mjs';

const MIB = 2 ** 20;
const size = option('size', 500);
const partitions = option('partitions', 6000);
const workers = option('workers', 2);
const elements = 10;
/** Partitions with which the other variants run at full size; all of them would take too long. */
const sampled = option('sampled', 6);
/** MiB of the model with which all variants run over all partitions. */
const small = option('small', 0.25);

/** Weights, as if they were read from a file: every page is written. Travels to the workers as text. */
const loadModel = (megabytes, loads) => {
  const weights = new Float32Array((megabytes * 2 ** 20) / 4);
  let x = 1;
  for (let i = 0; i < weights.length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    weights[i] = x;
  }
  loads.add(1);
  return weights;
};
/** A score of a number: a few weights, added up. */
const score = (weights, x) => {
  let sum = 0;
  for (let i = 0; i < 100; i++) sum += weights[(x * 7919 + i * 104729) % weights.length];
  return sum;
};

/** How the model comes to the elements of a partition. */
const variants = {
  'per element': (it, _, load) => it.map((x) => [x, load()]),
  'per partition': (it, _, load) => {
    const model = load();
    return it.map((x) => [x, model]);
  },
  'per worker': (it, task, load) => {
    const model = task.workerScoped('model', load);
    return it.map((x) => [x, model]);
  },
};

/** Runs one variant over `n` partitions of some elements on fresh workers, and watches the memory of the process. */
async function run(name, megabytes, n, perPartition = elements) {
  const spark = await SparkSession.builder.appName('shared-model').master(`local[${workers}]`).getOrCreate();
  const sc = spark.sparkContext;
  // Workers are up before anything is measured.
  await sc
    .parallelize([0], workers)
    .map((x) => x)
    .collect();
  const loads = sc.longAccumulator('loads');
  const base = process.memoryUsage.rss();
  let peak = base;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const watch = setInterval(look, 5);
  const start = performance.now();
  const sums = await sc
    .range(0, n * perPartition, 1, n)
    .mapPartitions(
      (it, task) => {
        let sum = 0;
        for (const [x, model] of give(it, task, () => loadModel(megabytes, loads))) sum += score(model, x);
        return [sum];
      },
      { vars: { give: variants[name], loadModel, score, megabytes, loads } },
    )
    .collect();
  const ms = performance.now() - start;
  look();
  clearInterval(watch);
  await spark.stop();
  return { total: sums.reduce((a, b) => a + b), ms, loads: Number(loads.value), peak: peak - base, n };
}

const mib = (bytes) => `${Math.round(bytes / MIB).toLocaleString('en-US')} MiB`;

// The real case comes first: its peak is not hidden behind memory that other variants left.
const full = { 'per worker': await run('per worker', size, partitions) };
full['per partition'] = await run('per partition', size, sampled);
full['per element'] = await run('per element', size, workers, 2);

console.log(`A model of ${size} MiB, ${workers} workers, ${partitions} partitions of ${elements} elements\n`);
table(
  ['loaded', 'partitions run', 'loads', 'time', 'peak memory', `loads of ${partitions}`, `time of ${partitions}`],
  Object.entries(full).map(([name, { n, loads, ms, peak }]) => {
    const needed = { 'per worker': workers, 'per partition': partitions, 'per element': partitions * elements }[name];
    // By the loads that were run: they are nearly all of the time.
    const time = n === partitions ? seconds(ms) : `${((ms * needed) / loads / 60_000).toFixed(0)} min, extrapolated`;
    return [name, n, loads, seconds(ms), mib(peak), needed, time];
  }),
);

const all = {};
for (const name of Object.keys(full)) all[name] = await run(name, small, partitions);
console.log(`The same with a model of ${small} MiB, all ${partitions} partitions run\n`);
table(
  ['loaded', 'loads', 'time', 'peak memory'],
  Object.entries(all).map(([name, { loads, ms, peak }]) => [name, loads, seconds(ms), mib(peak)]),
);

figure('full', full);
figure('small', all);
const { loads, peak } = full['per worker'];
gate('loads = workers', loads === workers, `${loads} loads of ${size} MiB, ${partitions} partitions`);
const limit = workers * size * MIB * 1.2;
gate('peak memory ≤ workers × model + 20 %', peak <= limit, `${mib(peak)} of ${mib(limit)}`);
gate('per partition: a load each', all['per partition'].loads === partitions, String(all['per partition'].loads));
gate('per element: a load each', all['per element'].loads === partitions * elements, String(all['per element'].loads));
const totals = Object.values(all).map((r) => r.total);
gate('all variants give the same answer', new Set(totals).size === 1, String(totals[0]));
