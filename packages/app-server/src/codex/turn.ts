/** A turn that was started, for whoever holds it: read it as events or text, wait for it, steer or interrupt it. */
import type { Turn as WireTurn } from "@signalbox/protocol";
import { untilAborted } from "../abort.ts";
import type { AppServerClient } from "../client/app-server-client.ts";
import { AppServerError, isAppServerError } from "../errors.ts";
import type { EventStream } from "../router/event-stream.ts";
import type { Message } from "../router/message.ts";
import type { TurnRecord } from "../router/turn-record.ts";
import { type Input, toUserInput } from "./input.ts";
import { type TurnResult, toTurnResult } from "./turn-result.ts";

export type TurnEventsOptions = {
  /**
   * Goes on after `turn/completed` with what comes late for this turn (a sub-agent's items may),
   * until the loop is left or the client closed. Default: false.
   */
  late?: boolean;
};

/**
 * One turn. Its events are kept, within bounds, until the first reader has them; several readers may
 * read at once, each at its own pace. A reader that falls thousands of events behind loses deltas
 * first, never the end of the turn or a question; the completed items carry the whole text anyway.
 * Disposing a turn that still runs interrupts it.
 */
export class Turn implements AsyncIterable<Message>, AsyncDisposable {
  readonly id: string;
  readonly threadId: string;
  readonly #client: AppServerClient;
  readonly #record: TurnRecord;

  constructor(client: AppServerClient, record: TurnRecord) {
    this.#client = client;
    this.#record = record;
    this.id = record.turnId;
    this.threadId = record.threadId;
  }

  /** True once the end of the turn is known. */
  get isOver(): boolean {
    return this.#record.isOver;
  }

  /**
   * The turn's notifications and server requests, raw, in app-server's order, from the oldest still
   * kept when this is called: for the first reader the very first. Ends after `turn/completed`, with
   * an error when the connection was lost for good. A `turn/completed` marked `recovered` was read from the thread after a lost connection.
   */
  events(options: TurnEventsOptions = {}): EventStream<Message> {
    return this.#record.open(options);
  }

  [Symbol.asyncIterator](): EventStream<Message> {
    return this.events();
  }

  /**
   * The agent's text as it is written, commentary left out. Throws `turn_failed` or
   * `turn_interrupted` after the last piece when the turn did not complete.
   */
  text(): AsyncGenerator<string, undefined> {
    return readText(this.events());
  }

  /**
   * Waits for the end, also that of a turn that failed or was interrupted: look at `ok` or `status`.
   * Rejects when the connection was lost for good before the end, or with `aborted`; an abort gives
   * up the wait only.
   */
  async result({ signal }: { signal?: AbortSignal } = {}): Promise<TurnResult> {
    try {
      return toTurnResult(this.#record, await untilAborted(this.#record.ended, signal));
    } catch (error) {
      if (!signal?.aborted) throw error;
      throw new AppServerError("aborted", "The wait for the turn was aborted by the caller.", {
        cause: error,
      });
    }
  }

  /**
   * Adds to what the agent was told, in this turn. Rejects with `no_active_turn` or `turn_mismatch`
   * when the turn does not run any more.
   */
  async steer(input: Input): Promise<void> {
    await this.#client.request("turn/steer", {
      threadId: this.threadId,
      expectedTurnId: this.id,
      input: toUserInput(input),
    });
  }

  /** Asks codex to stop; the turn then ends as `interrupted`. Does nothing for a turn that is over. */
  async interrupt(): Promise<void> {
    if (this.isOver) return;
    try {
      await this.#client.request("turn/interrupt", { threadId: this.threadId, turnId: this.id });
    } catch (error) {
      if (isAppServerError(error) && error.code === "no_active_turn") return;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#client.state !== "closed") await this.interrupt();
  }
}

/**
 * Pieces as they come; what a reader that fell behind has lost of an item is made good from the whole
 * text when the item is completed.
 */
async function* readText(events: EventStream<Message>): AsyncGenerator<string, undefined> {
  const commentary = new Set<string>();
  /** Characters given of each item, from its beginning. */
  const given = new Map<string, number>();
  for await (const message of events) {
    switch (message.method) {
      case "item/started": {
        const { item } = message.params;
        if (item?.type === "agentMessage" && item.phase === "commentary") commentary.add(item.id);
        break;
      }
      case "item/agentMessage/delta": {
        const { itemId, delta } = message.params;
        if (commentary.has(itemId) || events.dropped > 0) break;
        given.set(itemId, (given.get(itemId) ?? 0) + delta.length);
        yield delta;
        break;
      }
      case "item/completed": {
        const { item } = message.params;
        if (item?.type !== "agentMessage" || item.phase === "commentary") break;
        const rest = item.text.slice(given.get(item.id) ?? 0);
        if (rest !== "") yield rest;
        break;
      }
      case "turn/completed":
        return refuseUnlessCompleted(message.params.turn);
      default:
    }
  }
}

function refuseUnlessCompleted({ id, status, error }: WireTurn): undefined {
  if (status === "completed") return undefined;
  const code = status === "interrupted" ? "turn_interrupted" : "turn_failed";
  throw new AppServerError(
    code,
    `The turn ended as ${status}: ${error?.message ?? "no reason was given"}.`,
    {
      details: { turnId: id },
    },
  );
}
