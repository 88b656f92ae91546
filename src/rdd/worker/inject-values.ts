import { awaitAll, awaitBatch, awaitSliding, executeAsync, slidingPrefetch } from '../async/await.js';
import { workerCache } from './cache.js';
import { lookup } from './lookup.js';
import { workerScoped } from './scoped.js';
import { openSqlite } from './sqlite.js';
import { inject } from './task-context.js';

const values = {
  workerScoped,
  workerCache,
  lookup,
  openSqlite,
  executeAsync,
  awaitAll,
  awaitBatch,
  awaitSliding,
  slidingPrefetch,
};

declare module './task-context.js' {
  interface TaskContext {
    readonly workerScoped: typeof workerScoped;
    readonly workerCache: typeof workerCache;
    readonly lookup: typeof lookup;
    readonly openSqlite: typeof openSqlite;
    readonly executeAsync: typeof executeAsync;
    readonly awaitAll: typeof awaitAll;
    readonly awaitBatch: typeof awaitBatch;
    readonly awaitSliding: typeof awaitSliding;
    readonly slidingPrefetch: typeof slidingPrefetch;
  }
}

inject(values);
