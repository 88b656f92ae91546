import { type Origin, SparkError } from '../errors/index.js';
import { type CachedData, CacheManager } from '../plan/cache/cache-manager.js';
import type { CacheHit } from '../plan/cache/explain-cache.js';
import { type CacheEvent, ListenerBus } from '../plan/cache/listener-bus.js';
import { findRewrite, type Rewrite } from '../plan/cache/rewrite.js';
import {
  CacheTable,
  ClearCache,
  Command,
  DropRelation,
  ExecuteImmediate,
  InsertInto,
  type LogicalPlan,
  LogicalRelation,
  MultiInsert,
  queriesOf,
  TruncateTable,
  UncacheTable,
} from '../plan/logical/index.js';
import { parseStatements } from '../plan/sql/parser.js';
import { runCommand } from '../session/command-runner.js';
import { expandImmediate } from '../session/commands/execute-immediate.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import { DryRelation, type DrySession } from './dry-session.js';
import { EntryLife, type LifeEvent } from './entry-life.js';
import { type Finding, type Place, RULES, type RuleId } from './findings.js';
import { lifeFindings } from './life-findings.js';
import { ignoredRules, Lines, leadLength } from './places.js';
import type { EntryRef, FileReport, QueryReport, StatementReport } from './report.js';
import { looksAlike, placeRewrite, sharesSource } from './rewrite-place.js';
import { kindOf, shortText, verbOf } from './statement-kind.js';

/** A finding without what follows from its rule and its statement. */
export type Found = Partial<Finding> & Pick<Finding, 'message'>;

const NOT_FOUND = /^(TABLE_OR_VIEW_NOT_FOUND|PATH_NOT_FOUND|UNABLE_TO_INFER_SCHEMA|SCHEMA_NOT_FOUND)\b/;
const ALREADY_CACHED = 'Asked to cache already cached data.';

/** The statement at hand. */
interface Current extends LifeEvent {
  readonly number: number;
  readonly text: string;
  /** Offset of `text` in the file. */
  readonly offset: number;
  readonly lines: Lines;
  readonly ignored: ReadonlySet<string> | 'all';
  readonly effects: string[];
  readonly queries: QueryReport[];
  command: LogicalPlan | undefined;
  /** Entries that came, went or were planned anew. */
  changed: number;
}

/** Goes through the statements of a job in their order and notes what Spark's CacheManager decides. Nothing runs. */
export class Checker {
  readonly #lives = new Map<number, EntryLife>();
  readonly #all: EntryLife[] = [];
  readonly #findings: Finding[] = [];
  readonly #statements: StatementReport[] = [];
  /** Rules that comments switch off, by place. */
  readonly #ignored = new Map<string, ReadonlySet<string> | 'all'>();
  #current!: Current;

  constructor(private readonly session: DrySession) {
    session.sharedState.bus.subscribe((e) => this.onEvent(e));
  }

  /** Checks the statements of one text after those before it. Entries live on. */
  async run(content: string, file: string): Promise<void> {
    // A byte order mark is a blank, so that places stay.
    const text = content.replace(/^\uFEFF/, ' ');
    const lines = new Lines(text, file);
    for (const { text: whole, start, stop } of parseStatements(text)) {
      const lead = leadLength(whole);
      const number = this.#statements.length + 1;
      const place = lines.place(start + lead, stop);
      const ignored = ignoredRules(whole.slice(0, lead));
      this.#current = {
        statement: number,
        number,
        place,
        text: whole.slice(lead),
        offset: start + lead,
        lines,
        ignored,
        effects: [],
        queries: [],
        command: undefined,
        changed: 0,
      };
      this.#ignored.set(`${file}:${place.start}`, ignored);
      let failed = false;
      try {
        await this.statement();
      } catch (error) {
        failed = true;
        this.failure(error);
      }
      const { command, queries, effects } = this.#current;
      this.#statements.push({
        number,
        place,
        kind: failed ? 'failed' : kindOf(command),
        text: shortText(whole.slice(lead)),
        queries,
        effects,
      });
    }
  }

  /** What was found so far, as if the job ended here. */
  report(file: string): FileReport {
    const ended = lifeFindings(this.#all).map(({ rule, at, ...found }) => this.finding(rule, at, found));
    const findings = [...this.#findings, ...ended]
      .filter((f) => {
        const ignored = this.#ignored.get(`${f.place.file}:${this.statementStart(f)}`);
        return ignored !== 'all' && !ignored?.has(f.rule);
      })
      .sort((a, b) => a.statement - b.statement || a.place.start - b.place.start);
    return { file, statements: this.#statements, findings };
  }
  private statementStart(f: Finding): number {
    return this.#statements[f.statement - 1]?.place.start ?? f.place.start;
  }

  private async statement(): Promise<void> {
    const { session } = this;
    const parsed = session.parse(this.#current.text);
    const plan = parsed instanceof ExecuteImmediate ? expandImmediate(session, parsed) : parsed;
    this.#current.command = plan;
    if (!(plan instanceof Command)) {
      this.decide(session.analyze(plan), false);
      return;
    }
    for (const query of queriesOf(plan)) this.decideInner(query, plan instanceof CacheTable);
    const written = this.locationsWritten(plan);
    const lazy =
      plan instanceof CacheTable && !plan.isLazy
        ? new CacheTable(plan.nameParts, true, plan.options, plan.query, plan.originalText).withOrigin(plan.origin)
        : plan;
    await runCommand(session, lazy as Command).job;
    await session.idle();
    this.noteStale(written);
    if (plan instanceof UncacheTable && this.#current.changed === 0 && !plan.ifExists)
      this.add('uncache-nothing', {
        message: `${plan.nameParts.join('.')} is not cached here: UNCACHE TABLE does nothing.`,
      });
  }

  /** A query inside a statement. What is wrong with it is for the statement itself to say. */
  private decideInner(query: LogicalPlan, fillsCache: boolean): void {
    let analyzed: LogicalPlan;
    try {
      analyzed = this.session.analyze(query);
    } catch {
      return;
    }
    this.decide(analyzed, fillsCache);
  }

  private decide(plan: LogicalPlan, fillsCache: boolean): void {
    const { session } = this;
    const { entries } = session.sharedState.cacheManager;
    const near = entries.some((e) => sharesSource(plan, e) || looksAlike(plan, e));
    // Of all others there is nothing to tell.
    const explanation = near ? session.explainCache(plan) : undefined;
    const hits = explanation?.hits ?? [];
    const miss = explanation?.miss;
    const related =
      miss?.entry !== undefined && (sharesSource(plan, miss.entry) || miss.reason === 'DIFFERENT_FILES')
        ? miss
        : undefined;
    this.#current.queries.push({
      decision: hits.length > 0 ? 'hit' : related ? 'miss' : 'none',
      hits: hits.map((h) => ({ ...this.entryRef(h.entry), fragment: h.fragment.simpleString })),
      reason: related?.reason,
      nearest: related?.entry && this.entryRef(related.entry),
      explanation: explanation?.text.replace('== Cache ==\n', '').trimEnd() ?? '',
    });
    for (const { entry } of hits) this.read(entry);
    if (related) this.missed(plan, related.reason, related.entry as CachedData, related.rewrite, fillsCache);
    else if (hits.length > 0) this.smallerHit(plan, hits);
  }

  private read(entry: CachedData): void {
    const { statement, place } = this.#current;
    const life = this.lifeOf(entry);
    if (!life) return;
    life.reads.push({ statement, place });
    setLoaded(entry);
    if (life.stale)
      this.add('stale-hit', {
        message: `${life.name} was stored before the ${life.stale.by} in line ${life.stale.place.line}, which Spark does not connect with it: the query reads old rows.`,
        hint: RULES['stale-hit'].help,
        related: [
          { place: life.stale.place, message: 'changes the data' },
          { place: life.born.place, message: `caches ${life.name}` },
        ],
      });
  }

  private missed(
    plan: LogicalPlan,
    reason: QueryReport['reason'],
    entry: CachedData,
    rewrite: Rewrite | undefined,
    fillsCache: boolean,
  ): void {
    const { statement, place } = this.#current;
    const life = this.lifeOf(entry);
    if (life && reason !== undefined) life.missed = { statement, place, reason };
    // What fills a cache need not read another.
    if (fillsCache && !rewrite) return;
    const sentence =
      this.#current.queries
        .at(-1)
        ?.explanation.split('\n')[0]
        ?.replace(/^MISS \w+: /, '') ?? '';
    this.add('cache-miss', {
      message: `Not answered from ${life?.name ?? 'the cache'} (${reason}): ${sentence}`,
      reason,
      ...this.rewriteOf(plan, rewrite),
      // A miss that nothing is known to cure may be as it should be.
      ...(rewrite ? {} : { severity: 'note' as const }),
      related: life ? [{ place: life.born.place, message: `caches ${life.name}` }] : [],
    });
  }

  /** Another entry could answer more than those that are hit. */
  private smallerHit(plan: LogicalPlan, hits: readonly CacheHit[]): void {
    const { session } = this;
    const { cacheManager } = session.sharedState;
    const others = cacheManager.entries.filter((e) => !hits.some((h) => h.entry === e) && sharesSource(plan, e));
    if (hits.some((h) => h.fragment === plan) || others.length === 0) return;
    const manager = new CacheManager(new ListenerBus());
    for (const e of [...others].reverse())
      manager.cacheQuery(e.plan, '', undefined, {
        create: () => e.relation,
        recreate: () => e.relation,
        clear: () => undefined,
      });
    const rewrite = findRewrite(plan, manager, {
      parse: (sql) => session.parse(sql, undefined, true),
      analyze: (p) => session.analyze(p),
    });
    const over = hits.find((h) => rewrite?.fragment.existsWithSubqueries((p) => p === h.fragment));
    const life = rewrite && this.lifeOf(rewrite.entry);
    if (!over || !life) return;
    // Of the real entry, which look-ups give.
    const entry = others.find((e) => e.relation === rewrite.entry.relation) as CachedData;
    this.add('smaller-hit', {
      message: `Reads ${this.entryRef(over.entry).name}, where ${life.name} holds more of what the query computes.`,
      ...this.rewriteOf(plan, { ...rewrite, entry }),
      related: [{ place: life.born.place, message: `caches ${life.name}` }],
    });
  }

  private rewriteOf(plan: LogicalPlan, rewrite: Rewrite | undefined): Pick<Finding, 'rewrite' | 'fix' | 'hint'> {
    if (!rewrite) return {};
    const { text, offset, lines } = this.#current;
    const placed = placeRewrite(this.session, text, plan, rewrite);
    const fix = placed && { place: lines.place(offset + placed.start, offset + placed.stop), text: placed.text };
    return { rewrite: rewrite.sql, fix, hint: `This reads the cache: ${rewrite.sql}` };
  }

  private lifeOf(entry: CachedData): EntryLife | undefined {
    return this.#lives.get(entry.relation.cached.id);
  }
  private entryRef(entry: CachedData): EntryRef {
    const life = this.lifeOf(entry);
    return { name: life?.name ?? '?', cachedAt: life?.born.place ?? this.#current.place };
  }

  private onEvent(e: CacheEvent): void {
    const current = this.#current;
    const { statement, place, command } = current;
    const by = verbOf(command);
    if (e.type === 'cached') {
      const eager = command instanceof CacheTable && !command.isLazy;
      const entry = this.session.sharedState.cacheManager.entries.find((x) => x.relation.cached.id === e.entry);
      const cached = entry?.relation.cached;
      const level = cached instanceof DryRelation ? levelName(cached.level) : e.level;
      // ALTER TABLE … RENAME caches what it just dropped under the new name.
      const renamed =
        command instanceof CacheTable ? undefined : this.#all.find((l) => l.dropped?.statement === statement);
      const life = renamed ?? new EntryLife(e.name ?? 'a query', { statement, place }, eager, level);
      if (renamed) renamed.dropped = undefined;
      else this.#all.push(life);
      this.#lives.set(e.entry, life);
      current.changed++;
      current.effects.push(`caches ${life.name} (${level}, ${eager ? 'at once' : 'when first read'})`);
      // Computing it reads the entries below.
      if (entry && !(command instanceof CacheTable && command.query)) this.readsBelow(entry);
      if (eager && entry) setLoaded(entry);
    } else if (e.type === 'unpersisted') {
      const life = this.#lives.get(e.entry);
      this.#lives.delete(e.entry);
      current.changed++;
      if (!life) return;
      life.dropped = { statement, place, own: isOwn(command, life.name), by };
      current.effects.push(`drops ${life.name}`);
    } else if (e.type === 'recached') {
      const life = this.#lives.get(e.replaces);
      this.#lives.delete(e.replaces);
      current.changed++;
      if (!life) return;
      this.#lives.set(e.entry, life);
      life.stale = undefined;
      if (command instanceof UncacheTable || command instanceof ClearCache) return;
      // By plan and by path: one change.
      if (life.changes.at(-1)?.statement === statement) return;
      life.changes.push({
        statement,
        place,
        by,
        readsBefore: life.reads.length,
        wasLoaded: life.eager || life.reads.length > 0,
      });
      current.effects.push(`throws away the stored rows of ${life.name}`);
    } else if (e.type === 'warning' && e.message === ALREADY_CACHED && command instanceof CacheTable) {
      const name = command.nameParts.join('.');
      const existing = this.session.sharedState.cacheManager.lookup(this.session.analyzedTable(command.nameParts));
      const life = existing && this.lifeOf(existing);
      this.add('cached-twice', {
        message: `The plan of ${name} is cached already${life ? `, as ${life.name} in line ${life.born.place.line}` : ''}: this statement changes nothing.`,
        related: life ? [{ place: life.born.place, message: `caches ${life.name}` }] : [],
      });
    }
  }

  private readsBelow(entry: CachedData): void {
    const { cacheManager } = this.session.sharedState;
    const visit = (p: LogicalPlan): void => {
      const found = cacheManager.lookup(p);
      if (found && found !== entry) this.read(found);
      else for (const c of [...p.children, ...p.subqueries]) visit(c);
    };
    visit(entry.plan);
  }

  /** Folders of the tables whose rows a statement changes. */
  private locationsWritten(plan: Command): string[] {
    const { catalog } = this.session.sessionState;
    const names =
      plan instanceof MultiInsert
        ? plan.inserts.map((i) => i.nameParts)
        : plan instanceof InsertInto || plan instanceof TruncateTable || plan instanceof DropRelation
          ? [plan.nameParts]
          : [];
    return names.flatMap((n) => {
      const found = catalog.find(n);
      return found?.kind === 'table' && !found.meta.view ? [found.meta.location] : [];
    });
  }

  /** Entries that read what was written, and that Spark left as they are. */
  private noteStale(locations: readonly string[]): void {
    if (locations.length === 0) return;
    const { statement, place, command } = this.#current;
    const reads = (p: LogicalPlan) =>
      p instanceof LogicalRelation && p.relation.rootPaths.some((r) => locations.includes(r));
    for (const entry of this.session.sharedState.cacheManager.entries) {
      const life = this.lifeOf(entry);
      if (!life || life.changes.at(-1)?.statement === statement) continue;
      if (entry.relation.cached.loaded && entry.plan.existsWithSubqueries(reads))
        life.stale = { statement, place, by: verbOf(command) };
    }
  }

  private failure(error: unknown): void {
    const { text, offset, lines } = this.#current;
    if (!(error instanceof SparkError) || error.kind === 'bug' || error.condition === 'UNSUPPORTED_FEATURE') {
      this.add('not-checked', { message: error instanceof Error ? error.message : String(error) });
      return;
    }
    const { sqlText, startIndex, stopIndex } =
      error.origin.startIndex === undefined ? placeOfPath(error, text) : error.origin;
    const inText = startIndex !== undefined && (sqlText === undefined || sqlText === text) && startIndex <= text.length;
    const start = offset + (inText ? startIndex : 0);
    const stop = inText ? offset + Math.min(text.length, (stopIndex ?? startIndex) + 1) : offset + text.length;
    const rule: RuleId =
      error.kind === 'parse' ? 'parse-error' : NOT_FOUND.test(error.condition) ? 'missing-table' : 'analysis-error';
    this.add(rule, {
      message: error.message,
      condition: error.condition,
      sqlState: error.sqlState,
      ...(rule === 'missing-table' ? { hint: RULES['missing-table'].help } : {}),
      place: lines.place(start, Math.max(start, stop)),
    });
  }

  private add(rule: RuleId, found: Found): void {
    const { statement, place } = this.#current;
    this.#findings.push(this.finding(rule, { statement, place }, found));
  }
  private finding(rule: RuleId, { statement, place }: { statement: number; place: Place }, found: Found): Finding {
    return { rule, severity: RULES[rule].severity, statement, place, related: [], ...found };
  }
}

function setLoaded({ relation }: CachedData): void {
  if (relation.cached instanceof DryRelation) relation.cached.loaded = true;
}

function levelName(level: StorageLevel): string {
  return StorageLevel.names.find((n) => StorageLevel[n].equals(level)) ?? level.toString();
}

/** Does the statement drop the entry by its name? */
function isOwn(command: LogicalPlan | undefined, name: string): boolean {
  if (command instanceof ClearCache) return true;
  if (!(command instanceof UncacheTable || command instanceof DropRelation)) return false;
  const last = (text: string) => (text.split('.').at(-1) as string).toLowerCase();
  return last(command.nameParts.join('.')) === last(name);
}

/** Failures of files carry no place; the path that stands in the text is one. */
function placeOfPath(error: SparkError, text: string): Origin {
  const path = (error.parameters['path'] ?? '').replace(/^file:/, '');
  const startIndex = path === '' ? -1 : text.indexOf(path);
  // With the quotes and what stands before them, as `parquet.`…``.
  const from = Math.max(0, text.slice(0, startIndex).search(/[\w.]*[`'"][^`'"]*$/));
  return startIndex < 0 ? error.origin : { startIndex: from, stopIndex: startIndex + path.length };
}
