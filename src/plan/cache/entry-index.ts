interface Slot<T> {
  readonly key: string;
  readonly entry: T;
  next: Slot<T> | undefined;
}

/** Entries by the canonical text of their plans. Among many, what a look-up takes is the cold memory that it touches: slots
 * are found by number, so that no text is read but the one that is most likely equal. */
export class EntryIndex<T> {
  readonly #slots = new Map<number, Slot<T>>();

  /** The newest entry with this text. */
  find(key: string): T | undefined {
    let slot = this.#slots.get(hashOf(key));
    while (slot && slot.key !== key) slot = slot.next;
    return slot?.entry;
  }
  add(key: string, entry: T): void {
    const hash = hashOf(key);
    this.#slots.set(hash, { key, entry, next: this.#slots.get(hash) });
  }
  delete(key: string, entry: T): void {
    const hash = hashOf(key);
    let before: Slot<T> | undefined;
    for (let slot = this.#slots.get(hash); slot; before = slot, slot = slot.next) {
      if (slot.entry !== entry) continue;
      if (before) before.next = slot.next;
      else if (slot.next) this.#slots.set(hash, slot.next);
      else this.#slots.delete(hash);
      return;
    }
  }
}

/** FNV-1a, of as many bits as small integers have. */
function hashOf(text: string): number {
  let h = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x0100_0193);
  return (h ^ (h >>> 30)) & 0x3fff_ffff;
}
