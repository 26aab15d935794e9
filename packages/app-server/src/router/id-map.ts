/**
 * A map by id for the hot path. Every event brings its turn's id as a new string, and hashing all of
 * it would be the dearest part of routing; ids differ in their last characters, so those are enough to
 * find the few entries to compare.
 */

type Entry<V> = { readonly id: string; value: V; next: Entry<V> | undefined };

export class IdMap<V> {
  readonly #entries = new Map<number, Entry<V>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: string): V | undefined {
    let entry = this.#entries.get(tail(id));
    while (entry && entry.id !== id) entry = entry.next;
    return entry?.value;
  }

  set(id: string, value: V): void {
    this.delete(id);
    const key = tail(id);
    this.#entries.set(key, { id, value, next: this.#entries.get(key) });
    this.#size += 1;
  }

  /** False when there was none. */
  delete(id: string): boolean {
    const key = tail(id);
    let before: Entry<V> | undefined;
    let entry = this.#entries.get(key);
    while (entry && entry.id !== id) [before, entry] = [entry, entry.next];
    if (!entry) return false;
    if (before) before.next = entry.next;
    else if (entry.next) this.#entries.set(key, entry.next);
    else this.#entries.delete(key);
    this.#size -= 1;
    return true;
  }

  clear(): void {
    this.#entries.clear();
    this.#size = 0;
  }

  *values(): Generator<V> {
    for (const first of this.#entries.values()) {
      for (let entry: Entry<V> | undefined = first; entry; entry = entry.next) yield entry.value;
    }
  }
}

/** A number from the last three characters. */
function tail(id: string): number {
  const end = id.length;
  return id.charCodeAt(end - 1) | (id.charCodeAt(end - 2) << 8) | (id.charCodeAt(end - 3) << 16);
}
