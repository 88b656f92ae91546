import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { internalError } from '../errors/index.js';
import { bindKernels, KERNEL_MODULES, type Kernels } from './generated/kernels.js';

export type { Kernels } from './generated/kernels.js';

/** Compiled modules by name. Structured-clone safe: a worker that gets them from the main thread compiles nothing. */
export type KernelModules = Readonly<Record<string, WebAssembly.Module>>;

let modules: KernelModules | undefined;

/** Beside the bundle (`dist/index.js`), above it (`dist/chunks/x.js`), or in the checkout's `dist` (sources, `.build`). */
function findDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    for (const candidate of [join(directory, 'kernels'), join(directory, 'dist', 'kernels')])
      if (existsSync(join(candidate, 'stamps.json'))) return candidate;
    const parent = dirname(directory);
    if (parent === directory) throw internalError('kernels are not built: run `npm run kernels`');
    directory = parent;
  }
}

/** The compiled kernel modules of this thread, compiled on first use. */
export function kernelModules(): KernelModules {
  if (modules === undefined) {
    const directory = findDirectory();
    const found: Record<string, WebAssembly.Module> = {};
    for (const name of KERNEL_MODULES) {
      const path = join(directory, `${name}.wasm`);
      if (existsSync(path)) found[name] = new WebAssembly.Module(readFileSync(path));
    }
    modules = found;
  }
  return modules;
}

/** Kernels over the given memory (any shared memory of 32 to 65,535 pages: the modules declare these as limits). Call it
 * once per thread and memory; instantiation takes about a millisecond.
 * @param compiled modules received from another thread; without them this thread compiles its own */
export function instantiateKernels(memory: WebAssembly.Memory, compiled: KernelModules = kernelModules()): Kernels {
  modules ??= compiled;
  const env = {
    memory,
    abort: () => {
      throw internalError('a kernel aborted');
    },
  };
  const exports: Record<string, Record<string, (...args: unknown[]) => unknown>> = {};
  for (const [name, module] of Object.entries(compiled))
    exports[name] = new WebAssembly.Instance(module, { env }).exports as never;
  return bindKernels(exports);
}
