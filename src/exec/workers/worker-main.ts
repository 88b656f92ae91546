import { parentPort, workerData } from 'node:worker_threads';
import { instantiateKernels } from '../../kernels/index.js';
import { Arena } from '../../storage/memory/arena.js';
import { decode, encode, encodeError } from '../pipelines/codec.js';
import type { JobResult, JobSpec } from '../pipelines/fragment.js';
import { runJob } from '../pipelines/job-runner.js';
import { createThreadEnv } from '../pipelines/task-context.js';
import type { FromWorker, ToWorker, WorkerData } from './protocol.js';

/** Entry point of a worker thread: joins the arena and runs jobs as they come. */
const { arena: handle, kernels, owner } = workerData as WorkerData;
const arena = new Arena(handle);
const env = createThreadEnv(arena, instantiateKernels(handle.memory, kernels), owner);
const port = parentPort!;

function post(message: FromWorker): void {
  port.postMessage(message);
}

port.on('message', (message: ToWorker) => {
  const { id } = message;
  Promise.resolve()
    .then(() => runJob(env, decode(message.job) as JobSpec))
    .then(
      (result) => post({ kind: 'done', id, result: encode(result) as JobResult }),
      (error: unknown) => post({ kind: 'failed', id, error: encodeError(error) }),
    );
});
post({ kind: 'ready' });
