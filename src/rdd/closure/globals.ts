/** Names that every worker has: those of JavaScript and those of Node. Whatever else is in this thread's `globalThis` was put
 * there by somebody, and the workers do not have it. */
export const GLOBALS: ReadonlySet<string> = new Set(
  `AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError
  FinalizationRegistry Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl JSON Map Math NaN Number
  Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol SyntaxError TypeError
  URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly decodeURI
  decodeURIComponent encodeURI encodeURIComponent escape eval globalThis isFinite isNaN parseFloat parseInt undefined unescape
  AbortController AbortSignal Blob BroadcastChannel Buffer ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy
  CryptoKey Crypto SubtleCrypto CustomEvent DOMException DecompressionStream Event EventTarget File FormData Headers
  MessageChannel MessageEvent MessagePort Performance PerformanceEntry ReadableStream Request Response TextDecoder
  TextDecoderStream TextEncoder TextEncoderStream TransformStream URL URLSearchParams WritableStream atob btoa clearImmediate
  clearInterval clearTimeout console crypto fetch global navigator performance process queueMicrotask setImmediate setInterval
  setTimeout structuredClone`.split(/\s+/),
);

/** Names that the worker gives to every shipped function, and that a driver's own registry has too. */
export const INJECTED: ReadonlySet<string> = new Set([
  'workerScoped',
  'workerCache',
  'lookup',
  'openSqlite',
  'executeAsync',
  'awaitAll',
  'awaitBatch',
  'awaitSliding',
  'slidingPrefetch',
  'TaskContext',
  'withRetry',
  'withTimeout',
  'poisonGuard',
  'mapRecords',
  'mapRecordsAsync',
  'SKIPPED',
  'require',
]);

/** What transformers of source text put into functions: the name keeper of esbuild, the dynamic import of vite. */
export const HELPERS: ReadonlySet<string> = new Set([
  '__name',
  '__import',
  '__vi_import__',
  '__vite_ssr_dynamic_import__',
  '__vi_ssr_dynamic_import__',
]);
