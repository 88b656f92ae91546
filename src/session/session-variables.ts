import { analysisError } from '../errors/index.js';
import { VariableDefinition } from '../plan/expressions/index.js';
import type { DataType, Value } from '../types/index.js';
import type { RuntimeConfig } from './conf.js';

/** Variables of one session, under `system.session`. Spark: `TempVariableManager`. */
export class SessionVariables {
  readonly #definitions = new Map<string, VariableDefinition>();
  constructor(private readonly conf: RuntimeConfig) {}

  private key(name: string): string {
    return this.conf.boolean('spark.sql.caseSensitive') ? name : name.toLowerCase();
  }
  /** The last part of a name that may mean a session variable; undefined for other qualifiers. */
  simpleName(nameParts: readonly string[]): string | undefined {
    const same = (a: string | undefined, b: string): boolean => a !== undefined && this.key(a) === b;
    const [first, second] = nameParts;
    if (nameParts.length === 1) return first;
    if (nameParts.length === 2) return same(first, 'session') ? second : undefined;
    return nameParts.length === 3 && same(first, 'system') && same(second, 'session') ? nameParts[2] : undefined;
  }
  find(nameParts: readonly string[]): VariableDefinition | undefined {
    const name = this.simpleName(nameParts);
    return name === undefined ? undefined : this.#definitions.get(this.key(name));
  }
  /** @throws VARIABLE_ALREADY_EXISTS */
  create(name: string, dataType: DataType, defaultSql: string, value: Value, replace: boolean): void {
    const key = this.key(name);
    if (this.#definitions.has(key) && !replace)
      throw analysisError('VARIABLE_ALREADY_EXISTS', { variableName: qualified(name) });
    this.#definitions.set(key, new VariableDefinition(key, dataType, defaultSql, value));
  }
  /** A new value; without one the definition is pending until its own `settle`. */
  assign(old: VariableDefinition, value?: Value): VariableDefinition {
    const next = new VariableDefinition(old.name, old.dataType, old.defaultSql, value);
    this.#definitions.set(old.name, next);
    return next;
  }
  /** @throws VARIABLE_NOT_FOUND */
  drop(name: string, ifExists: boolean): void {
    if (!this.#definitions.delete(this.key(name)) && !ifExists)
      throw analysisError('VARIABLE_NOT_FOUND', { variableName: qualified(name) });
  }
}

function qualified(name: string): string {
  return `\`system\`.\`session\`.\`${name.replaceAll('`', '``')}\``;
}
