import { analysisError } from '../errors/index.js';
import type { SqlFunction } from '../plan/expressions/index.js';
import { quoteIdentifier } from '../types/index.js';
import { CATALOG_NAME, type CatalogStore } from './catalog-store.js';

/** A function made by CREATE FUNCTION: SQL text, or the name of a Java class, which is kept but cannot run here. */
export type Routine =
  | { readonly kind: 'sql'; readonly f: SqlFunction }
  | { readonly kind: 'java'; readonly className: string };

/** Functions of the application by schema and name, and those of one session. Spark: `SessionCatalog`'s functions. */
export class Routines {
  readonly #temporary = new Map<string, Routine>();
  constructor(private readonly store: CatalogStore) {}

  /** Name parts as the catalog knows a persistent function: catalog, schema, name. @throws SCHEMA_NOT_FOUND */
  qualified(nameParts: readonly string[], currentDatabase: string): readonly [string, string, string] {
    const name = nameParts.at(-1) as string;
    const database = nameParts.length > 1 ? (nameParts.at(-2) as string) : currentDatabase;
    if (nameParts.length > 3 || (nameParts.length === 3 && nameParts[0]?.toLowerCase() !== CATALOG_NAME))
      throw analysisError('REQUIRES_SINGLE_PART_NAMESPACE', {
        sessionCatalog: CATALOG_NAME,
        namespace: nameParts.slice(0, -1).map(quoteIdentifier).join('.'),
      });
    return [CATALOG_NAME, this.store.database(database).name, name];
  }

  temporary(name: string): Routine | undefined {
    return this.#temporary.get(name.toLowerCase());
  }
  /** @throws ROUTINE_ALREADY_EXISTS */
  putTemporary(name: string, routine: Routine, replace: boolean): void {
    if (this.temporary(name) && !replace) throw alreadyExists([name]);
    this.#temporary.set(name.toLowerCase(), routine);
  }
  dropTemporary(name: string): boolean {
    return this.#temporary.delete(name.toLowerCase());
  }

  find(nameParts: readonly string[], currentDatabase: string): Routine | undefined {
    if (nameParts.length === 1) {
      const temporary = this.temporary(nameParts[0] as string);
      if (temporary) return temporary;
    }
    return this.persistent(nameParts, currentDatabase);
  }
  persistent(nameParts: readonly string[], currentDatabase: string): Routine | undefined {
    const name = nameParts.at(-1) as string;
    if (nameParts.length > 3 || (nameParts.length === 3 && nameParts[0]?.toLowerCase() !== CATALOG_NAME))
      return undefined;
    const database = nameParts.length > 1 ? (nameParts.at(-2) as string) : currentDatabase;
    return this.store.routines.get(key(database, name));
  }
  put(database: string, name: string, routine: Routine): void {
    this.store.routines.set(key(database, name), routine);
  }
  drop(database: string, name: string): boolean {
    return this.store.routines.delete(key(database, name));
  }
}

const key = (database: string, name: string): string => `${database.toLowerCase()}.${name.toLowerCase()}`;

export function alreadyExists(nameParts: readonly string[]) {
  return analysisError('ROUTINE_ALREADY_EXISTS', {
    routineName: nameParts.map(quoteIdentifier).join('.'),
    newRoutineType: 'routine',
    existingRoutineType: 'routine',
  });
}
