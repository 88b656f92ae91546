import type { LogicalPlan } from '../../logical/logical-plan.js';
import type { CachedData } from '../cache-manager.js';
import { type Block, blockOf } from './block.js';
import { matchView, type ViewMatch } from './match.js';

/** How cached plans are found for a query (`memoframe.cache.match`): as Spark does; those of the same rows and columns, however
 * they are written; those that hold more than the query wants. */
export type MatchMode = 'spark' | 'normalized' | 'subsume';

export interface FoundView {
  readonly entry: CachedData;
  readonly match: ViewMatch;
}

/** Entries by the tables they read, so that the search for one that answers a query does not grow with those that cannot. */
export class ViewIndex {
  readonly #byLeaf = new Map<string, Set<CachedData>>();
  readonly #blocks = new Map<CachedData, Block>();

  add(entry: CachedData): void {
    const block = blockOf(entry.plan, true);
    if (!block) return;
    this.#blocks.set(entry, block);
    const key = indexKey(block.leaves);
    const alike = this.#byLeaf.get(key);
    if (alike) alike.add(entry);
    else this.#byLeaf.set(key, new Set([entry]));
  }

  remove(entry: CachedData): void {
    const block = this.#blocks.get(entry);
    if (!block) return;
    this.#blocks.delete(entry);
    const key = indexKey(block.leaves);
    const alike = this.#byLeaf.get(key);
    alike?.delete(entry);
    if (alike?.size === 0) this.#byLeaf.delete(key);
  }

  /** The cheapest entry that answers the fragment: one with its very rows before one to be filtered, then the smallest. */
  find(fragment: LogicalPlan, mode: MatchMode): FoundView | undefined {
    if (mode === 'spark' || this.#blocks.size === 0) return undefined;
    const query = blockOf(fragment, false);
    if (!query) return undefined;
    const keys = new Set(query.leaves.map((l) => l.canonicalized.key));
    const found: FoundView[] = [];
    for (const key of keys)
      for (const entry of this.#byLeaf.get(key) ?? []) {
        const block = this.#blocks.get(entry)!;
        const { loaded } = entry.relation.cached;
        const match = matchView({ query, queryOutput: fragment.output, entry: block, loaded });
        if (match && (mode === 'subsume' || match.same)) found.push({ entry, match });
      }
    const size = ({ entry: { relation } }: FoundView) =>
      relation.cached.loadedStats?.sizeInBytes ?? relation.cached.estimatedSizeInBytes;
    found.sort((a, b) => Number(b.match.same) - Number(a.match.same) || (size(a) < size(b) ? -1 : 1));
    return found[0];
  }
}

/** One of the leaves stands for all: a query that the entry answers has every one of them. */
function indexKey(leaves: readonly LogicalPlan[]): string {
  return leaves.map((l) => l.canonicalized.key).sort()[0]!;
}
