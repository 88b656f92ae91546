import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { internalError } from '../errors/index.js';
import { KERNEL_MODULES, type KernelFunction, type Kernels, kernelStubs } from './generated/kernels.js';

export type { Kernels } from './generated/kernels.js';

/** Compiled modules by name. Structured-clone safe: a worker that gets them from another thread need not compile them. */
export type KernelModules = Readonly<Record<string, WebAssembly.Module>>;

const compiled: Record<string, WebAssembly.Module> = {};
let directory: string | undefined;

/** Beside the bundle (`dist/index.js`), above it (`dist/chunks/x.js`), or in the checkout's `dist` (sources, `.build`). */
function findDirectory(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    for (const candidate of [join(at, 'kernels'), join(at, 'dist', 'kernels')])
      if (existsSync(join(candidate, 'stamps.json'))) return candidate;
    const parent = dirname(at);
    if (parent === at) throw internalError('kernels are not built: run `npm run kernels`');
    at = parent;
  }
}

function compile(name: string): WebAssembly.Module {
  directory ??= findDirectory();
  return new WebAssembly.Module(readFileSync(join(directory, `${name}.wasm`)));
}

/** The kernel modules that this thread has compiled so far. */
export function kernelModules(): KernelModules {
  return { ...compiled };
}

/** Kernels over the given memory: any shared memory of 32 to 65,535 pages (the modules declare these limits). A module is
 * compiled and instantiated when one of its functions is first called. Call this once per thread and memory.
 * @param modules compiled by another thread; what is missing this thread compiles itself */
export function instantiateKernels(memory: WebAssembly.Memory, modules: KernelModules = {}): Kernels {
  const imports = {
    env: {
      memory,
      abort: () => {
        throw internalError('a kernel aborted');
      },
    },
  };
  const load = (module: string): void => {
    const code = (compiled[module] ??= modules[module] ?? compile(module));
    const { exports } = new WebAssembly.Instance(code, imports);
    for (const [name, wrap] of Object.entries(KERNEL_MODULES[module]!))
      kernels[name] = wrap(exports[name] as KernelFunction);
  };
  const kernels = kernelStubs((module, name) => {
    const first: KernelFunction = (...args) => {
      if (kernels[name] === first) load(module);
      return kernels[name]!(...args);
    };
    return first;
  });
  return kernels as unknown as Kernels;
}
