import { type FunctionExample, functionEntry, functionEntryNames } from '../eval/docs/index.js';
import { lookupScalar } from '../eval/registry.js';

/** What is known of a SQL function. */
export interface FunctionHelp {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Signatures. */
  readonly usages: readonly string[];
  readonly description: string;
  /** On nulls, errors and limits. */
  readonly notes: readonly string[];
  /** With Spark's answers: rows, cells between tabs, or `error CONDITION`. */
  readonly examples: readonly FunctionExample[];
  /** Version of Spark that it came with. */
  readonly since: string | undefined;
}

/** Names and aliases of all functions that are words, sorted. */
export function functionNames(): string[] {
  return functionEntryNames().filter((n) => /^[a-z]\w*$/.test(n));
}

/** @returns undefined for an unknown name */
export function functionDoc(name: string): FunctionHelp | undefined {
  const entry = functionEntry(name);
  if (entry) return entry;
  const def = lookupScalar(name);
  if (!def) return undefined;
  const description = 'A function of Spark that memoframe does not support.';
  return {
    name: def.name,
    aliases: [],
    usages: [`${def.name}(…)`],
    description,
    notes: [],
    examples: [],
    since: undefined,
  };
}
