import { analysisError } from '../errors/index.js';
import type { LogicalPlan } from '../plan/logical/index.js';
import { parseMultipartIdentifier } from '../plan/sql/parser.js';
import { quoteIdentifier } from '../types/index.js';
import { GLOBAL_TEMP_DATABASE, type TempView } from './catalog-store.js';
import type { SparkSession } from './spark-session.js';

interface CreateOptions {
  readonly replace: boolean;
  readonly global: boolean;
}

/** Temporary views of a session, and what making and dropping them does to the cache. Spark: `CreateViewCommand`,
 * `CatalogImpl.dropTempView`. */
export class Views {
  constructor(private readonly session: SparkSession) {}

  exists(name: string, global: boolean): boolean {
    return this.existing(name, global) !== undefined;
  }
  private existing(name: string, global: boolean): { name: string; view: TempView } | undefined {
    const { catalog, store } = this.session.sessionState;
    return global ? store.globalTempViews.get(name.toLowerCase()) : catalog.tempView(name);
  }

  /** A view over an analyzed plan (DataFrame API). A replaced view with another plan takes its cache entries with it. */
  createFromPlan(name: string, plan: LogicalPlan, options: CreateOptions): void {
    this.put(nameOf(name), { kind: 'plan', plan }, options);
  }

  /** @param analyzed the plan of a view by text @throws TEMP_TABLE_OR_VIEW_ALREADY_EXISTS */
  put(name: string, view: TempView, { replace, global }: CreateOptions, analyzed?: LogicalPlan): void {
    const old = this.existing(name, global);
    if (old && !replace) {
      const shown = global ? `\`${GLOBAL_TEMP_DATABASE}\`.\`${name}\`` : `\`${name}\``;
      throw analysisError('TEMP_TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: shown });
    }
    if (old) this.uncacheReplaced(old, view.kind === 'plan' ? view.plan : analyzed, global);
    const { catalog, store } = this.session.sessionState;
    if (global) store.globalTempViews.set(name.toLowerCase(), { name, view });
    else catalog.setTempView(name, view);
  }

  /** A DataFrame's view replaced by the same plan keeps the cache; every other replacement drops what was cached of the view
   * and of what reads it. Spark: `ViewHelper.needsToUncache`. */
  private uncacheReplaced(old: { name: string; view: TempView }, plan: LogicalPlan | undefined, global: boolean): void {
    if (plan && old.view.kind === 'plan' && old.view.plan.sameResult(plan)) return;
    this.session.uncacheByName(global ? [GLOBAL_TEMP_DATABASE, old.name] : [old.name], true);
  }

  /** @returns false if there is no such view */
  dropTemp(name: string): boolean {
    return this.drop(name, false);
  }
  dropGlobalTemp(name: string): boolean {
    return this.drop(name, true);
  }
  private drop(name: string, global: boolean): boolean {
    const view = this.existing(name, global);
    if (!view) return false;
    const { catalog, store } = this.session.sessionState;
    const plan = catalog.planOf({ kind: global ? 'globalTemp' : 'temp', name: view.name, view: view.view });
    // A view by text behaves as a permanent one: what reads it goes too.
    this.session.uncacheQuery(plan, view.view.kind === 'text');
    if (global) store.globalTempViews.delete(name.toLowerCase());
    else catalog.dropTempView(name);
    return true;
  }
}

/** The name that a text is, back-ticks off. Spark: `Dataset.createTempViewCommand`.
 * @throws _LEGACY_ERROR_TEMP_1321, TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS */
function nameOf(text: string): string {
  let parts: string[];
  try {
    parts = parseMultipartIdentifier(text);
  } catch {
    throw analysisError('_LEGACY_ERROR_TEMP_1321', { viewName: text });
  }
  if (parts.length > 1)
    throw analysisError('TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS', { actualName: parts.map(quoteIdentifier).join('.') });
  return parts[0] as string;
}
