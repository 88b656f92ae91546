import type { BoundExpr } from '../../eval/bound.js';
import { lookupScalar } from '../../eval/registry.js';
import { CalendarInterval, Decimal, MapValue, type Value } from '../../types/index.js';
import { childrenOf } from './fallback.js';

/** Gives structurally equal expressions the same number. What is not deterministic equals only itself. */
export class ExpressionIds {
  readonly #ids = new Map<string, number>();
  readonly #known = new WeakMap<BoundExpr, number>();

  idOf(e: BoundExpr): number {
    let id = this.#known.get(e);
    if (id !== undefined) return id;
    const key = this.#keyOf(e);
    id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(key, id);
    }
    this.#known.set(e, id);
    return id;
  }

  #keyOf(e: BoundExpr): string {
    const children = childrenOf(e)
      .map((c) => this.idOf(c))
      .join(',');
    return `${ownKey(e, this.#ids.size)}(${children})${e.type.catalogString}`;
  }
}

function ownKey(e: BoundExpr, fresh: number): string {
  switch (e.k) {
    case 'literal':
      return `literal ${valueText(e.value)}`;
    case 'input':
      return `input ${e.ordinal}`;
    case 'parameter':
      return `parameter ${e.id}`;
    case 'call':
      return `call ${e.fn} ${e.mode} ${e.timeZone} ${isDeterministicCall(e.fn) ? '' : fresh}`;
    case 'cast':
      return `cast ${e.mode} ${e.timeZone}`;
    case 'case':
      return `case ${e.branches.length}`;
    case 'lambda':
      return `lambda ${e.parameters.join(' ')}`;
    case 'lambdaVariable':
      return `variable ${e.id}`;
    default:
      return e.k;
  }
}

function valueText(v: Value): string {
  if (v === null) return 'null';
  if (typeof v === 'bigint') return `${v}n`;
  if (typeof v === 'number') return Object.is(v, -0) ? '-0' : String(v);
  if (typeof v === 'boolean') return String(v);
  if (typeof v === 'string') return JSON.stringify(v);
  if (v instanceof Uint8Array) return `x${Buffer.from(v).toString('hex')}`;
  if (v instanceof Decimal) return `${v.unscaled}e-${v.scale}`;
  if (v instanceof CalendarInterval) return `i${v.months}/${v.days}/${v.micros}`;
  if (v instanceof MapValue) return `{${v.keys.map(valueText).join()}:${v.values.map(valueText).join()}}`;
  return `[${(v as readonly Value[]).map(valueText).join()}]`;
}

function isDeterministicCall(fn: string): boolean {
  return lookupScalar(fn)?.deterministic !== false;
}

/** Does the expression always give the same value for the same row? */
export function isDeterministic(e: BoundExpr): boolean {
  return (e.k !== 'call' || isDeterministicCall(e.fn)) && childrenOf(e).every(isDeterministic);
}

/** Ordinals of the inputs that an expression reads. */
export function inputsOf(e: BoundExpr, into: Set<number> = new Set()): Set<number> {
  if (e.k === 'input') into.add(e.ordinal);
  else for (const child of childrenOf(e)) inputsOf(child, into);
  return into;
}

/** Does the expression stand inside a lambda, reading its parameters? */
export function readsLambda(e: BoundExpr): boolean {
  return e.k === 'lambda' || e.k === 'lambdaVariable' || childrenOf(e).some(readsLambda);
}
