import { type CacheEvent, type DataFrame, type SparkSession, StorageLevel } from '../../src/index.js';
import type { InMemoryRelation, LogicalPlan } from '../../src/plan/logical/index.js';
import { Builder, type Definition } from './dsl.js';
import { cleanPaths, cutRelations, normalizePlan } from './normalize.js';
import { jsonValue, sameRows, sameValue } from './values.js';
import { errorOf, type World } from './world.js';

export interface Step {
  readonly op: string;
  readonly [field: string]: unknown;
}
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
  readonly plans: Readonly<Record<string, string>>;
}
interface CacheState {
  plan: string;
  level: string;
  name: string | null;
  loaded: boolean;
}

const LOGGERS = /^(CacheManager|CacheTableCommand|UncacheTableCommand|Dataset|BlockManager|RDD|MapPartitionsRDD)$/;
const PY_METHODS: Readonly<Record<string, string>> = {
  createOrReplaceTempView: 'createOrReplaceTempView',
  createTempView: 'createTempView',
  createOrReplaceGlobalTempView: 'createOrReplaceGlobalTempView',
  createGlobalTempView: 'createGlobalTempView',
};

/** Runs one scenario step by step. @returns undefined if every step came out as recorded, else what differs first */
export async function runScenario(world: World, scenario: Scenario): Promise<string | undefined> {
  await world.reset();
  const runner = new ScenarioRunner(world, scenario);
  try {
    for (let i = 0; i < scenario.steps.length; i++) {
      const problem = await runner.step(scenario.steps[i] as Step);
      if (problem !== undefined) return `step ${i} ${JSON.stringify(inputs(scenario.steps[i] as Step))}: ${problem}`;
    }
    return undefined;
  } finally {
    runner.end();
  }
}

function inputs(step: Step): Record<string, unknown> {
  const { value: _v, cache: _c, warn: _w, ...rest } = step;
  return rest;
}

class ScenarioRunner {
  readonly dfs: Record<string, DataFrame> = {};
  readonly sessions: Record<string, SparkSession>;
  #warnings: string[] = [];
  readonly end: () => void;
  constructor(
    readonly world: World,
    readonly scenario: Scenario,
  ) {
    this.sessions = { main: world.root.newSession() };
    this.end = world.root.sharedState.bus.subscribe((e: CacheEvent) => {
      if (e.type === 'warning' && LOGGERS.test(e.logger))
        for (const line of [e.message.split('\n')[0] as string])
          this.#warnings.push(`${e.logger}: ${cleanPaths(line, world.paths).replace(/rdd_\d+_/g, 'rdd_N_')}`);
    });
  }

  async step(step: Step): Promise<string | undefined> {
    this.#warnings = [];
    let value: unknown = null;
    let failure: ReturnType<typeof errorOf> | undefined;
    try {
      value = (await this.perform(step)) ?? null;
    } catch (e) {
      failure = errorOf(e);
    }
    if (failure) {
      if (step['error'] === undefined) return `failed with ${failure.error}: ${failure.message.slice(0, 700)}`;
      // Java exceptions without a condition: compared by SQLSTATE (none) only.
      const conditionless = /^(java|org)\./.test(step['error'] as string);
      if (!conditionless && failure.error !== step['error']) return `error ${failure.error}, Spark ${step['error']}`;
      if ((step['sqlState'] ?? null) !== failure.sqlState)
        return `SQLSTATE ${failure.sqlState}, Spark ${step['sqlState']}`;
    } else {
      if (step['error'] !== undefined) return `no error, Spark ${step['error']}`;
      if (!this.sameStepValue(step, value))
        return `value ${JSON.stringify(value)}\n    Spark ${JSON.stringify(step['value'])}`;
    }
    const warn = [...((step['warn'] as string[] | undefined) ?? [])].sort();
    if (JSON.stringify([...this.#warnings].sort()) !== JSON.stringify(warn))
      return `warnings ${JSON.stringify(this.#warnings)}, Spark ${JSON.stringify(warn)}`;
    const state = this.state();
    const wanted = (step['cache'] as CacheState[]).map((c) => ({ ...c, plan: this.scenario.plans[c.plan] as string }));
    if (JSON.stringify(state) !== JSON.stringify(wanted))
      return `cache ${JSON.stringify(state, null, 1)}\n    Spark ${JSON.stringify(wanted, null, 1)}`;
    return undefined;
  }

  private sameStepValue(step: Step, value: unknown): boolean {
    if (step.op === 'rows' || (step.op === 'sql' && step['collect']))
      return sameRows(value as unknown[], step['value'] as unknown[], false);
    return sameValue(value, step['value'] ?? null);
  }

  private state(): CacheState[] {
    return this.world.root.sharedState.cacheManager.entries.map((e) => ({
      plan: normalizePlan(e.plan.treeString, this.world.paths),
      level: e.relation.cached.storageLevelString,
      name: e.relation.cached.tableName ?? null,
      loaded: e.relation.cached.loaded,
    }));
  }

  private async perform(step: Step): Promise<unknown> {
    const session = this.sessions[(step['session'] as string | undefined) ?? 'main'] as SparkSession;
    const builder = new Builder(session, this.world.paths, this.dfs);
    const given = step['df'] as string | Definition | undefined;
    const df = given === undefined ? undefined : typeof given === 'string' ? this.dfs[given] : builder.build(given);
    const frame = df as DataFrame;
    switch (step.op) {
      case 'define':
        this.dfs[step['name'] as string] = frame;
        return null;
      case 'cache':
        frame.cache();
        return null;
      case 'persist':
        frame.persist(StorageLevel.fromString(step['level'] as string));
        return null;
      case 'unpersist':
        frame.unpersist(step['blocking'] as boolean);
        return null;
      case 'is_cached':
        return frame.isCached;
      case 'storageLevel': {
        const l = frame.storageLevel;
        return {
          string: l.toString(),
          description: l.description,
          useDisk: l.useDisk,
          useMemory: l.useMemory,
          useOffHeap: l.useOffHeap,
          deserialized: l.deserialized,
          replication: l.replication,
        };
      }
      case 'hits': {
        const plan = frame.queryExecution.withCachedData;
        const used = relationsOf(plan);
        const known = this.world.root.sharedState.cacheManager.entries.map((e) => e.relation.cached.id);
        return {
          hits: used.length,
          used: used.map((r) => known.indexOf(r.cached.id)),
          plan: normalizePlan(cutRelations(plan.treeString).text, this.world.paths),
        };
      }
      case 'rows':
        return rowsOf(frame);
      case 'rdds':
        return this.world.root.sharedState.engine.storages().map((s) => ({
          numPartitions: s.partitions,
          numCachedPartitions: s.cachedPartitions,
          memSizePositive: s.memoryBytes > 0,
          diskSizePositive: s.diskBytes > 0,
          level: s.level,
        }));
      case 'sql': {
        const got = session.sql(builder.substitute(step['sql'] as string));
        if (step['collect']) return rowsOf(got);
        if (got.ready) await got.ready;
        return null;
      }
      case 'catalog': {
        const args = (step['args'] as (string | { level: string })[]).map((a) =>
          typeof a === 'string' ? builder.substitute(a) : StorageLevel.fromString(a.level),
        );
        const call = (session.catalog as unknown as Record<string, (...a: unknown[]) => unknown>)[
          step['call'] as string
        ];
        const got = call?.apply(session.catalog, args);
        return typeof got === 'boolean' || typeof got === 'number' || typeof got === 'string' ? got : null;
      }
      case 'view':
        (frame as unknown as Record<string, (name: string) => void>)[
          PY_METHODS[step['kind'] as string] as string
        ]?.call(frame, step['name'] as string);
        return null;
      case 'newSession':
        this.sessions[step['name'] as string] = session.newSession();
        return null;
      case 'write':
        await frame.write.mode(step['mode'] as string).parquet(builder.substitute(step['path'] as string));
        return null;
      case 'insertInto':
        await frame.write.insertInto(step['table'] as string, step['overwrite'] as boolean);
        return null;
      case 'saveAsTable':
        await frame.write.mode(step['mode'] as string).saveAsTable(step['table'] as string);
        return null;
      case 'action':
        return this.action(frame, step['action'] as string, step['args'] as number[]);
      default:
        throw new TypeError(`unknown op ${step.op}`);
    }
  }

  private async action(df: DataFrame, kind: string, a: readonly number[]): Promise<unknown> {
    switch (kind) {
      case 'take':
      case 'head':
      case 'tail':
        return (await df[kind as 'take'](a[0] as number)).length;
      case 'first':
        return (await df.first()) === undefined ? 0 : 1;
      case 'count':
        return df.count();
      case 'collect':
        return (await df.collect()).length;
      case 'isEmpty':
        return df.isEmpty();
      case 'show':
        await df.showString(a[0]);
        return null;
      case 'limitCollect':
        return (await df.limit(a[0] as number).collect()).length;
      case 'foreach':
        await df.foreach(() => undefined);
        return null;
      case 'noop':
        await df.collectValues();
        return null;
      case 'toLocalIterator': {
        let n = 0;
        if ((a[0] as number) === 0) return 0;
        for await (const _ of df.toLocalIterator()) if (++n === a[0]) break;
        return n;
      }
      case 'explain':
        df.queryExecution.executedPlan;
        return null;
      case 'withCachedData':
        df.queryExecution.withCachedData;
        return null;
      case 'schema':
        return df.schema.simpleString;
      default:
        throw new TypeError(`unknown action ${kind}`);
    }
  }
}

function relationsOf(plan: LogicalPlan): InMemoryRelation[] {
  if (plan.kind === 'InMemoryRelation') return [plan as InMemoryRelation];
  return [...plan.subqueries, ...plan.children].flatMap(relationsOf);
}

async function rowsOf(df: DataFrame): Promise<unknown[][]> {
  const types = df.schema.fields.map((f) => f.dataType);
  return (await df.collectValues()).map((r) => r.map((v, i) => jsonValue(v, types[i] as never)));
}
