import type { FunctionFamily } from '../function.js';
import { allFunctions, INTERNAL_FUNCTIONS } from '../registry.js';
import { aggregateDocs } from './aggregate.js';
import { collectionDocs } from './collection.js';
import { datetimeDocs } from './datetime.js';
import { mathDocs } from './math.js';
import { operatorDocs } from './operator.js';
import { type DocBlock, type FunctionExample, parseDocs } from './parse.js';
import { stringDocs } from './string.js';
import { windowDocs } from './window.js';

export type { FunctionExample } from './parse.js';

/** A function as the reference shows it: its definition and its doc together. */
export interface FunctionEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly family: FunctionFamily;
  /** Version of Spark that it came with. */
  readonly since: string | undefined;
  /** Signatures, e.g. `upper(str)`. */
  readonly usages: readonly string[];
  readonly description: string;
  /** On nulls, errors and limits. */
  readonly notes: readonly string[];
  readonly examples: readonly FunctionExample[];
  /** Spark's expression class, where the function is in the registry. */
  readonly sparkClass: string | undefined;
}

let entries: readonly FunctionEntry[] | undefined;
let byName: ReadonlyMap<string, FunctionEntry> | undefined;

/** All functions that SQL can call, by family and name. The texts are read when this is first called. */
export function functionEntries(): readonly FunctionEntry[] {
  entries ??= readEntries();
  return entries;
}

/** A function by name or alias, any case; undefined for unknown names and those that are known only to be refused. */
export function functionEntry(name: string): FunctionEntry | undefined {
  byName ??= new Map(functionEntries().flatMap((e) => [e.name, ...e.aliases].map((n) => [n, e] as const)));
  return byName.get(name.toLowerCase());
}

/** Names and aliases of all functions, sorted. */
export function functionEntryNames(): string[] {
  return [...new Set(functionEntries().flatMap((e) => [e.name, ...e.aliases]))].sort();
}

/** Entries that rules put in. */
export const NOT_IN_SQL = new Set(['mapsort', 'pivotfirst', 'too_many_rows']);

function readEntries(): readonly FunctionEntry[] {
  const texts = [mathDocs, stringDocs, collectionDocs, datetimeDocs, operatorDocs, aggregateDocs, windowDocs];
  const docs = new Map(texts.flatMap((text) => parseDocs(text())).map((d) => [d.name, d]));
  const out: FunctionEntry[] = [];
  for (const f of allFunctions()) {
    if (INTERNAL_FUNCTIONS.has(f.name.toLowerCase()) || NOT_IN_SQL.has(f.name)) continue;
    const doc = docs.get(f.name);
    docs.delete(f.name);
    out.push({
      name: f.name,
      aliases: [...(f.aliases ?? []), ...(doc?.aliases ?? [])],
      family: f.doc?.family ?? 'misc',
      since: doc?.since,
      usages: doc && doc.usages.length > 0 ? doc.usages : [f.doc?.usage ?? `${f.name}(…)`],
      description: doc?.description ?? f.doc?.description ?? '',
      notes: doc?.notes ?? [],
      examples: doc?.examples ?? [],
      sparkClass: f.sparkClass,
    });
  }
  for (const doc of docs.values()) out.push(syntaxEntry(doc));
  return out.sort((a, b) => compare(a.family, b.family) || compare(a.name, b.name));
}

/** A name that the analyzer knows without the registry. */
function syntaxEntry(doc: DocBlock): FunctionEntry {
  const { name, aliases, since, usages, notes, examples } = doc;
  const rest = { family: doc.family ?? 'misc', description: doc.description ?? '', sparkClass: undefined } as const;
  return { name, aliases, since, usages, notes, examples, ...rest };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
