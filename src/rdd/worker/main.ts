import { parentPort, workerData } from 'node:worker_threads';
import '../shared/accumulator.js';
import type { ToWorker, WorkerStart } from '../scheduler/protocol.js';
import './plugins.js';
import { workerRegistry } from './registry.js';
import { WorkerRuntime } from './runtime.js';

/** Entry point of a worker thread that runs shipped functions. */
const start = workerData as WorkerStart;
const port = parentPort!;
Object.assign(workerRegistry(), {
  workerId: start.workerId,
  executorId: start.executorId,
  killFlag: new Int32Array(start.killFlag),
});
const runtime = new WorkerRuntime(start, (message, transfer) => port.postMessage(message, transfer ?? []));
port.on('message', (message: ToWorker) => runtime.receive(message));
process.on('unhandledRejection', (error) => runtime.stray(error));
process.on('uncaughtException', (error) => runtime.stray(error));
