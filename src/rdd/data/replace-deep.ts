/** A copy of plain data in which other things stand for some of its objects. Looks into arrays, maps, sets and objects without a
 * class; what is of another class, and arrays of primitives, stay as they are. What comes twice, or within itself, stays so.
 * @param replace what stands for an object; undefined: look inside */
export function copyWith(
  value: unknown,
  replace: (object: object) => unknown,
  seen: Map<object, unknown> = new Map(),
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const done = seen.get(value);
  if (done !== undefined) return done;
  const copy = (v: unknown): unknown => copyWith(v, replace, seen);
  const made = <T extends object>(out: T): T => {
    seen.set(value, out);
    return out;
  };
  const other = replace(value);
  if (other !== undefined) return made(other as object);
  if (Array.isArray(value)) {
    if (!value.some((v) => typeof v === 'object' && v !== null)) return value;
    const out = made<unknown[]>([]);
    for (const v of value) out.push(copy(v));
    return out;
  }
  if (value instanceof Map) {
    const out = made(new Map<unknown, unknown>());
    for (const [k, v] of value) out.set(copy(k), copy(v));
    return out;
  }
  if (value instanceof Set) {
    const out = made(new Set<unknown>());
    for (const v of value) out.add(copy(v));
    return out;
  }
  const proto = Object.getPrototypeOf(value) as object | null;
  if (proto !== Object.prototype && proto !== null) return value;
  const out = made<Record<string, unknown>>({});
  for (const [k, v] of Object.entries(value)) out[k] = copy(v);
  return out;
}

/** The same in place, for data that nobody else has: the way back.
 * @param restore what stood for an object's place; undefined: look inside */
export function replaceIn(
  value: unknown,
  restore: (object: object) => unknown,
  seen: Set<object> = new Set(),
): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const other = restore(value);
  if (other !== undefined) return other;
  if (seen.has(value)) return value;
  seen.add(value);
  const inner = (v: unknown): unknown => replaceIn(v, restore, seen);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = inner(value[i]);
  } else if (value instanceof Map) {
    const entries = [...value];
    value.clear();
    for (const [k, v] of entries) value.set(inner(k), inner(v));
  } else if (value instanceof Set) {
    const all = [...value];
    value.clear();
    for (const v of all) value.add(inner(v));
  } else {
    const fields = value as Record<string, unknown>;
    for (const key of Object.keys(fields)) fields[key] = inner(fields[key]);
  }
  return value;
}
