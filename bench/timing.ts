import { Worker } from 'node:worker_threads';
import { Bench } from 'tinybench';

export const geometricMean = (xs: readonly number[]): number =>
  Math.exp(xs.reduce((sum, x) => sum + Math.log(x), 0) / xs.length);

/** Milliseconds of the best round: at least `rounds` of them and half a second, after some to warm up. */
export async function best(f: () => Promise<void>, rounds = 3): Promise<number> {
  const bench = new Bench({
    iterations: rounds,
    time: 500,
    warmup: true,
    warmupIterations: 2,
    warmupTime: 200,
    throws: true,
  });
  bench.add('query', f);
  const [task] = await bench.run();
  const result = task?.result;
  if (!result || !('latency' in result)) throw new TypeError('the benchmark gave no result');
  return result.latency.min;
}

const MIB = 1 << 20;
/** Looks for a byte that is not there: the C library reads at the speed of memory. */
const READER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const bytes = Buffer.alloc(workerData, 1);
  parentPort.on('message', (rounds) => {
    let found = 0;
    for (let i = 0; i < rounds; i++) found += bytes.indexOf(0xff) + 1;
    parentPort.postMessage(found);
  });
  parentPort.postMessage('ready');
`;

/** Bytes per second that `threads` threads read together from memory that no cache holds: best of some rounds. */
export async function memoryBandwidth(threads: number): Promise<number> {
  const size = 384 * MIB;
  const passes = 3;
  const workers = Array.from({ length: threads }, () => new Worker(READER, { eval: true, workerData: size }));
  const answers = () => Promise.all(workers.map((w) => new Promise((resolve) => w.once('message', resolve))));
  await answers();
  let most = 0;
  for (let round = 0; round < 5; round++) {
    const done = answers();
    const start = performance.now();
    for (const w of workers) w.postMessage(passes);
    await done;
    most = Math.max(most, (size * passes * threads * 1000) / (performance.now() - start));
  }
  await Promise.all(workers.map((w) => w.terminate()));
  return most;
}
