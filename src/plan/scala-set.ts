/** The order in which Scala's immutable `Set` gives distinct strings: as inserted up to four, then by the hash trie of
 * `HashSet` (five bits of the mixed hash a level, a node's own elements before its children). Spark lists the keys of
 * `dropDuplicates` so. */
export function scalaSetOrder(names: readonly string[]): string[] {
  const distinct = [...new Set(names)];
  if (distinct.length <= 4) return distinct;
  const items = distinct.map((name) => ({ name, hash: mix(javaHash(name)) }));
  return walk(items, 0).map((i) => i.name);
}

interface Item {
  readonly name: string;
  readonly hash: number;
}

function walk(items: readonly Item[], shift: number): Item[] {
  if (shift >= 32) return [...items];
  const slots = new Map<number, Item[]>();
  for (const item of items) {
    const slot = (item.hash >>> shift) & 31;
    const there = slots.get(slot);
    if (there) there.push(item);
    else slots.set(slot, [item]);
  }
  const order = [...slots.keys()].sort((a, b) => a - b).map((slot) => slots.get(slot) as Item[]);
  return [
    ...order.filter((s) => s.length === 1).flat(),
    ...order.filter((s) => s.length > 1).flatMap((s) => walk(s, shift + 5)),
  ];
}

/** `String.hashCode` of Java. */
function javaHash(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (Math.imul(31, h) + text.charCodeAt(i)) | 0;
  return h;
}
/** `scala.collection.Hashing.improve`. */
function mix(hash: number): number {
  let h = (hash + ~(hash << 9)) | 0;
  h ^= h >>> 14;
  h = (h + (h << 4)) | 0;
  return h ^ (h >>> 10);
}
