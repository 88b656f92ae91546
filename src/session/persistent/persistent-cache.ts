import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PhysicalSpec } from '../../exec/operators/spec.js';
import type { ListenerBus } from '../../plan/cache/listener-bus.js';
import { InMemoryRelation, type LogicalPlan } from '../../plan/logical/index.js';
import type { CachedRelation } from '../../plan/logical/relations.js';
import type { StorageLevel } from '../../storage/block/storage-level.js';
import type { StoredEntry } from '../../storage/persistent/entry.js';
import { type Manifest, PERSISTENT_FORMAT, sha256 } from '../../storage/persistent/manifest.js';
import { PersistentBlocks } from '../../storage/persistent/persistent-blocks.js';
import { PersistentFolder } from '../../storage/persistent/persistent-folder.js';
import { StructField, StructType, zoneOf } from '../../types/index.js';
import type { RuntimeConfig } from '../conf.js';
import type { QueryExecution } from '../query-execution.js';
import { confText } from './conf-text.js';
import { engineVersion } from './engine-version.js';
import { planText, readsMoments } from './plan-text.js';
import { changedSource, SourceFiles } from './sources.js';
import { spreadText } from './spread-text.js';

/** A relation that is to be made. */
export interface PersistentRequest {
  readonly execution: QueryExecution;
  /** The analyzed plan that is the key. */
  readonly plan: LogicalPlan;
  readonly conf: RuntimeConfig;
  readonly level: StorageLevel;
  readonly tableName: string | undefined;
  /** Computes the rows. */
  readonly spec: PhysicalSpec;
  readonly numPartitions: number;
  readonly entryId: number;
  /** Whether the files behind another cached relation are as they were when it was made. */
  readonly isCurrent: (cached: CachedRelation) => boolean;
}

const LOGGER = 'PersistentCache';
const PLAN_CHARACTERS = 4_000;
/** Hexadecimal digits of keys in names. */
const DIGITS = 32;

/** The default of `memoframe.cache.persistent.dir`: the user's own cache folder. */
export function defaultPersistentFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'memoframe', 'persistent');
}

/** Cached results that outlive the process (`docs/persistent-cache.md`). One per application. */
export class PersistentCache {
  #folder: PersistentFolder | undefined;

  constructor(
    readonly conf: RuntimeConfig,
    readonly bus: ListenerBus,
  ) {}

  get folder(): PersistentFolder {
    this.#folder ??= new PersistentFolder({
      path: resolve(this.conf.getOptional('memoframe.cache.persistent.dir') ?? defaultPersistentFolder()),
      maxBytes: this.conf.bytes('memoframe.cache.persistent.maxBytes'),
      warn: (message) => this.warn(message),
    });
    return this.#folder;
  }

  private warn(message: string): void {
    this.bus.post({ type: 'warning', logger: LOGGER, message });
  }

  /** The persistent side of a new cached relation; undefined, with a warning, where its plan has none. */
  blocks(request: PersistentRequest): PersistentBlocks | undefined {
    const { execution, plan, conf, level, tableName, spec, numPartitions, entryId } = request;
    const schema = new StructType(spec.output.map((c) => new StructField(c.name, c.type, c.nullable)));
    const text = planText(plan);
    const sources = 'refused' in text ? text.refused : SourceFiles.of(plan);
    if ('refused' in text || typeof sources === 'string') {
      const name = tableName === undefined ? '' : ` ${tableName}`;
      this.warn(`The result${name} is not kept in the persistent cache: ${String(sources)}.`);
      return undefined;
    }
    const { folder } = this;
    // As it is now: the session may change its confs before the blocks are computed.
    const keyConf = conf.clone();
    const planKey = this.planKey(plan, text.text, keyConf);
    const types = schema.fields.map((f) => f.dataType.sql).join('\n');
    const spread = spreadText(execution.executedPlan);
    const variantKey = sha256([sources.key, numPartitions, types, spread].join('\u0000')).slice(0, DIGITS);
    this.#dropStale(planKey, variantKey, sources);
    return new PersistentBlocks({
      folder,
      head: {
        format: PERSISTENT_FORMAT,
        engine: engineVersion(),
        planKey,
        variantKey,
        plan: plan.treeString.slice(0, PLAN_CHARACTERS),
        tableName,
        level: [level.useDisk, level.useMemory, level.useOffHeap, level.deserialized, level.replication],
        schema: schema.sql,
        spread,
        sources: sources.records,
      },
      numPartitions,
      schema,
      isCurrent: (entry) => changedSource(entry.manifest.sources) === undefined,
      settle: () => sleep(sources.racyMs),
      refuse: () =>
        this.planKey(plan, text.text, keyConf) === planKey
          ? refusal(request, execution, sources)
          : 'the date changed while it was computed',
      onEntry: (what, entry) => this.#post(what, entry, entryId, tableName),
    });
  }

  #post(what: 'found' | 'stored', entry: StoredEntry, id: number, name: string | undefined): void {
    const { path, sizeInBytes } = entry;
    this.bus.post({
      type: what === 'found' ? 'persistentFound' : 'persistentStored',
      entry: id,
      name,
      path,
      sizeInBytes,
    });
  }

  /** Hash of what is computed: the plan, what the answer depends on besides, who computes it. */
  planKey(plan: LogicalPlan, text: string, conf: RuntimeConfig): string {
    const parts = [String(PERSISTENT_FORMAT), engineVersion(), confText(conf), text];
    // A time of day without a date is one of today.
    if (readsMoments(plan)) parts.push(today(conf.get('spark.sql.session.timeZone')));
    return sha256(parts.join('\u0000')).slice(0, DIGITS);
  }

  /** Drops the plan's entries whose sources have changed since, or of which there are more now. */
  #dropStale(planKey: string, variantKey: string, sources: SourceFiles): void {
    const now = new Map(sources.records);
    for (const entry of this.folder.entriesOf(planKey)) {
      const { manifest } = entry;
      if (manifest.variantKey === variantKey) continue;
      const fewer =
        manifest.sources.length < now.size && manifest.sources.every(([path, state]) => now.get(path) === state);
      if (fewer || changedSource(manifest.sources) !== undefined) this.folder.drop(entry.path);
    }
  }

  /** The manifest of an entry that holds a plan's rows as its files are now.
   * @param keys plan keys of all entries */
  kept(plan: LogicalPlan, conf: RuntimeConfig, keys: ReadonlySet<string>): Manifest | undefined {
    const text = planText(plan);
    if ('refused' in text) return undefined;
    const planKey = this.planKey(plan, text.text, conf);
    if (!keys.has(planKey)) return undefined;
    const sources = SourceFiles.of(plan);
    if (typeof sources === 'string') return undefined;
    const wanted = JSON.stringify(sources.records);
    return this.folder.entriesOf(planKey).find((e) => JSON.stringify(e.manifest.sources) === wanted)?.manifest;
  }

  /** Whether an entry's blocks are the partitions that a plan promises. */
  fits(manifest: Manifest, { executedPlan, prepared }: QueryExecution): boolean {
    return manifest.blocks.length === prepared.outputPartitions && manifest.spread === spreadText(executedPlan);
  }

  async close(): Promise<void> {
    await this.#folder?.close();
  }
}

/** Why what was computed must not be kept: it may not be what the sources hold. */
function refusal(request: PersistentRequest, execution: QueryExecution, before: SourceFiles): string | undefined {
  const now = SourceFiles.of(request.plan);
  if (typeof now === 'string') return now;
  if (now.key !== before.key) return 'its files changed while it was computed';
  let stale: CachedRelation | undefined;
  execution.withCachedData.foreachWithSubqueries((p) => {
    if (p instanceof InMemoryRelation && !request.isCurrent(p.cached)) stale ??= p.cached;
  });
  if (!stale) return undefined;
  return `it was computed from ${stale.tableName ?? `entry ${stale.id}`}, whose files have changed since that was cached`;
}

/** The day in a zone, counted from 1970. */
function today(timeZone: string): string {
  const seconds = Math.floor(Date.now() / 1000);
  return String(Math.floor((seconds + zoneOf(timeZone).offsetAt(seconds)) / 86_400));
}
