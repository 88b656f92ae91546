import { allFunctions, lookupAggregate, lookupScalar } from '../eval/registry.js';

/** What is known of a SQL function. */
export interface FunctionHelp {
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  readonly examples: readonly (readonly [sql: string, result: string])[];
}

/** Canonical names of all functions, sorted. */
export function functionNames(): string[] {
  return [...new Set(allFunctions().map((f) => f.name))].filter((n) => /^[a-z]\w*$/.test(n)).sort();
}

/** @returns undefined for an unknown name */
export function functionDoc(name: string): FunctionHelp | undefined {
  const def = lookupScalar(name.toLowerCase()) ?? lookupAggregate(name.toLowerCase());
  if (!def) return undefined;
  const { doc } = def;
  return {
    name: def.name,
    usage: doc?.usage ?? `${def.name}(…)`,
    description: doc?.description ?? `As in Spark (class ${def.sparkClass}).`,
    examples: doc?.examples ?? [],
  };
}
