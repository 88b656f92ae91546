import type { DataFrame } from '../../src/index.js';
import { QueryExecution } from '../../src/session/query-execution.js';
import { Builder, type Definition } from './dsl.js';
import { cutRelations, normalizePlan } from './normalize.js';
import type { World } from './world.js';
import { errorOf } from './world.js';

export interface Family {
  readonly family: string;
  readonly setup: readonly string[];
  readonly dfs: readonly {
    id: string;
    def: Definition;
    schema: [string, string][];
    analyzed: string;
    optimized: string;
  }[];
  readonly hits: readonly (readonly (number | null)[])[];
}

export interface PairsOutcome {
  readonly family: string;
  cells: number;
  right: number;
  /** Cells where Spark hits, and of these how many we find right. */
  sparkHits: number;
  foundHits: number;
  /** Cells where Spark misses, and of these how many we hit. */
  sparkMisses: number;
  falseHits: number;
  schemas: number;
  analyzed: number;
  definitions: number;
  readonly problems: string[];
}

/** Decides the family's matrix and compares. Nothing runs: only plans are matched. */
export async function runFamily(world: World, family: Family): Promise<PairsOutcome> {
  await world.reset();
  const out: PairsOutcome = {
    family: family.family,
    cells: 0,
    right: 0,
    sparkHits: 0,
    foundHits: 0,
    sparkMisses: 0,
    falseHits: 0,
    schemas: 0,
    analyzed: 0,
    definitions: family.dfs.length,
    problems: [],
  };
  const session = world.root.newSession();
  const builder = new Builder(session, world.paths);
  let setupError: string | undefined;
  try {
    for (const sql of family.setup) session.sql(builder.substitute(sql));
  } catch (e) {
    setupError = errorOf(e).message;
    out.problems.push(`setup: ${setupError}`);
  }
  const build = (d: Definition): DataFrame | undefined => {
    if (setupError !== undefined) return undefined;
    try {
      return builder.build(d);
    } catch (e) {
      return void e;
    }
  };
  for (const d of family.dfs) {
    try {
      const df = builder.build(d.def);
      if (JSON.stringify(df.dtypes) === JSON.stringify(d.schema)) out.schemas++;
      else out.problems.push(`${d.id} schema: ${JSON.stringify(df.dtypes)} wanted ${JSON.stringify(d.schema)}`);
      const text = normalizePlan(df.queryExecution.analyzed.treeString, world.paths);
      if (text === d.analyzed) out.analyzed++;
      else out.problems.push(`${d.id} analyzed:\n${text}\n  wanted\n${d.analyzed}`);
    } catch (e) {
      out.problems.push(`${d.id} ${JSON.stringify(d.def)}: ${errorOf(e).message.slice(0, 600)}`);
    }
  }
  const { cacheManager } = world.root.sharedState;
  for (let i = 0; i < family.dfs.length; i++) {
    session.catalog.clearCache();
    let cachedOk = true;
    try {
      build(family.dfs[i]?.def as Definition)?.cache();
      cachedOk = cacheManager.entries.length === 1;
    } catch (e) {
      cachedOk = false;
      out.problems.push(`${family.dfs[i]?.id} cache(): ${errorOf(e).message.slice(0, 400)}`);
    }
    for (let j = 0; j < family.dfs.length; j++) {
      const wanted = family.hits[i]?.[j];
      if (wanted === null || wanted === undefined) continue;
      out.cells++;
      const df = cachedOk ? build(family.dfs[j]?.def as Definition) : undefined;
      const got =
        df === undefined
          ? -1
          : cutRelations(new QueryExecution(session, df.queryExecution.logical).withCachedData.treeString).hits;
      if (got === wanted) out.right++;
      else if (df !== undefined)
        out.problems.push(`${family.dfs[i]?.id} -> ${family.dfs[j]?.id}: ${got} hits, Spark ${wanted}`);
      if (wanted > 0) {
        out.sparkHits++;
        if (got === wanted) out.foundHits++;
      } else {
        out.sparkMisses++;
        if (got > 0) out.falseHits++;
      }
    }
  }
  session.catalog.clearCache();
  return out;
}
