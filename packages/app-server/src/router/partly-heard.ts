/**
 * Turns that ran before they were heard. Whether words of one were missed shows at its first item that
 * goes on, or ends, without its beginning having been heard: those that begin later are heard whole.
 */
import { itemIdOf, turnIdOf } from "@signalbox/protocol";
import { isDelta, type Message } from "./message.ts";

type PartlyHeardTurn = { readonly begun: Set<string>; readonly missed: () => void };

export class PartlyHeard {
  readonly #turns = new Map<string, PartlyHeardTurn>();

  /** Whether no turn is watched; then `observe` need not be called. */
  get isEmpty(): boolean {
    return this.#turns.size === 0;
  }

  /** Watches a turn until it ends. `missed` is called once, before what shows it is told. */
  watch(turnId: string, missed: () => void): void {
    this.#turns.set(turnId, { begun: new Set(), missed });
  }

  /** Watches a turn no longer. */
  forget(turnId: string): void {
    this.#turns.delete(turnId);
  }

  /** Follows what is about to be told. On the reader. */
  observe(message: Message): void {
    const turnId = turnIdOf(message);
    const turn = turnId === undefined ? undefined : this.#turns.get(turnId);
    if (turn === undefined) return;
    if (message.method === "turn/completed") return this.forget(turnId!);
    const item = itemIdOf(message);
    if (item === undefined) return;
    if (message.method === "item/started") {
      turn.begun.add(item);
    } else if (!turn.begun.has(item) && showsContent(message)) {
      this.forget(turnId!);
      turn.missed();
    }
  }
}

/** Items whose content comes at once. */
const whole: ReadonlySet<unknown> = new Set(["userMessage", "contextCompaction", "imageView"]);

/** Whether an item's content comes by deltas before it is completed. */
export function streams({ type }: { readonly type: string }): boolean {
  return !whole.has(type);
}

function showsContent(message: Message): boolean {
  if (message.method === "item/completed") return streams(message.params.item);
  return isDelta(message);
}
