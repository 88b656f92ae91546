/** A function of a module that the worker imports by itself: it may use imports and the module's own state, which lives as long
 * as the worker. Made by `moduleFunction`. */
export class ModuleFunction {
  constructor(
    /** `file:` URL, absolute path, path from the driver's working folder, or the name of a package. */
    readonly url: string,
    readonly name: string,
  ) {}
}

/** Whatever an operation asks for: the module says what the function takes and gives. */
type Unchecked = ReturnType<JSON['parse']>;

/** A function that workers import instead of receiving its text. Stands wherever an operation takes a function, of whatever type
 * that is. @param name the export's name */
export function moduleFunction(url: string | URL, name = 'default'): (...args: Unchecked[]) => Unchecked {
  return new ModuleFunction(String(url), name) as unknown as (...args: Unchecked[]) => Unchecked;
}

/** A function on its way to a worker: plain data. */
export interface FunctionSpec {
  /** Text of an expression; absent: `module`. */
  readonly source?: string;
  readonly module?: { readonly url: string; readonly name: string };
  /** Names and values that the text may use, encoded by `encodeValue`. */
  readonly names: readonly string[];
  readonly values: Uint8Array | undefined;
  /** Functions among the values. */
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  /** Broadcasts that the values name: a worker must have them before it compiles. */
  readonly broadcasts: readonly number[];
  /** What error messages show. */
  readonly fragment: string;
}

/** The last argument of every operation that takes a function. */
export interface FunctionOptions {
  /** Values that the function uses by name: structured-clone data, broadcasts, accumulators, functions. Copied now. */
  readonly vars?: Readonly<Record<string, unknown>>;
}
