/**
 * Which deltas an item carries whole: those of its text, once it is completed. Fed with events in
 * their order, it tells which positions hold nothing that is not also in the completed item.
 */
import type { AppServerSignal } from "@signalbox/contract";
import type { StoredEvent } from "./event.ts";

/** Deltas whose text the completed item repeats. Progress and patches' output are in no item. */
const repeated = new Set([
  "app_server.item.agent_message.delta",
  "app_server.item.plan.delta",
  "app_server.item.reasoning.summary_text_delta",
  "app_server.item.reasoning.text_delta",
  "app_server.item.command_execution.output_delta",
]);

/** Deltas that wait for the end of their items, at most; beyond, those of the oldest item are left alone. */
const maxWaiting = 100_000;

interface Params {
  readonly turnId?: unknown;
  readonly itemId?: unknown;
  readonly item?: {
    readonly id?: unknown;
    readonly aggregatedOutput?: unknown;
    readonly type?: unknown;
  };
  readonly turn?: { readonly id?: unknown };
}

/** The deltas of items that are not finished yet. */
export class FinishedDeltas {
  /** Positions by item, in the order of the items' first deltas. */
  readonly #waiting = new Map<string, number[]>();
  #count = 0;

  /** The first position that waits for the end of its item; Infinity when none does. */
  get oldest(): number {
    const [first] = this.#waiting.values();
    return first?.[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the next event; gives the positions of the deltas it makes superfluous. */
  take(event: StoredEvent): readonly number[] {
    if (repeated.has(event.type)) {
      this.#wait(event);
      return [];
    }
    if (event.type === "app_server.item.completed") return this.#finish(event);
    // A turn that ended without completing an item leaves its deltas as the only text there is.
    if (event.type === "app_server.turn.completed")
      this.#forgetTurn(turnOf(event, paramsOf(event)));
    return [];
  }

  #wait(event: StoredEvent): void {
    const params = paramsOf(event);
    if (typeof params.itemId !== "string") return;
    const item = `${turnOf(event, params)} ${params.itemId}`;
    const seqs = this.#waiting.get(item);
    if (seqs === undefined) this.#waiting.set(item, [event.seq]);
    else seqs.push(event.seq);
    this.#count += 1;
    if (this.#count > maxWaiting) this.#forgetItem(this.#waiting.keys().next().value!);
  }

  #finish(event: StoredEvent): readonly number[] {
    const { item, turnId } = paramsOf(event);
    if (typeof item?.id !== "string") return [];
    const key = `${turnOf(event, { turnId })} ${item.id}`;
    const seqs = this.#waiting.get(key) ?? [];
    this.#forgetItem(key);
    const isCarried = item.type !== "commandExecution" || typeof item.aggregatedOutput === "string";
    return isCarried ? seqs : [];
  }

  #forgetTurn(turn: string): void {
    for (const item of this.#waiting.keys()) {
      if (item.startsWith(`${turn} `)) this.#forgetItem(item);
    }
  }

  #forgetItem(item: string): void {
    this.#count -= this.#waiting.get(item)?.length ?? 0;
    this.#waiting.delete(item);
  }
}

function paramsOf(event: StoredEvent): Params {
  const { params } = event.value as Partial<AppServerSignal<string, Params | null>>;
  return params ?? {};
}

function turnOf(event: StoredEvent, { turnId, turn }: Params): string {
  return `${event.threadId} ${String(turn?.id ?? turnId)}`;
}
