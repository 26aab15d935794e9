/** Reading messages, and changing those that wait. */
import type { Message, OperationInput, OperationOutput } from "@signalbox/contract";
import type { Roster, WriteAccess } from "../../sessions/roster.ts";
import { toPage } from "../../store/page.ts";
import { messageNotFound, messageNotQueued } from "./message-errors.ts";
import type { MessageLog } from "./message-log.ts";
import type { MessageStore } from "./message-store.ts";
import type { QueueInput } from "./queue.ts";
import type { Reconciler } from "./reconciler.ts";

/** What this needs of the hub. */
export interface MessagesParts {
  readonly roster: Roster;
  readonly store: MessageStore;
  readonly messages: MessageLog;
  readonly reconciler: Reconciler;
}

/** The messages, as operations read and change them. */
export class Messages {
  readonly #parts: MessagesParts;

  constructor(parts: MessagesParts) {
    this.#parts = parts;
  }

  get({ messageId }: OperationInput<"messages.get">): OperationOutput<"messages.get"> {
    return { message: this.#find(messageId) };
  }

  list(input: OperationInput<"messages.list">): OperationOutput<"messages.list"> {
    const { roster, store } = this.#parts;
    if (input.sessionId !== undefined) roster.find(input.sessionId);
    const read = store.list({ ...input, limit: input.limit + 1 });
    const { rows: data, nextCursor } = toPage(read, input.limit, ({ messageId }) => messageId);
    return { data, nextCursor };
  }

  /** Looks for a message again whose answer was lost. Rejects as reading its thread does. */
  async reconcile({
    messageId,
  }: OperationInput<"messages.reconcile">): Promise<OperationOutput<"messages.reconcile">> {
    const message = this.#find(messageId);
    if (message.state === "ambiguous") await this.#parts.reconciler.find(message);
    return { message: this.#find(messageId) };
  }

  queue({ sessionId }: OperationInput<"queue.list">): OperationOutput<"queue.list"> {
    this.#parts.roster.find(sessionId);
    return this.#queueOf(sessionId);
  }

  cancel(input: OperationInput<"queue.cancel">): Promise<OperationOutput<"queue.cancel">> {
    return this.#change(input, { type: "canceled", messageId: input.messageId });
  }

  edit(input: OperationInput<"queue.edit">): Promise<OperationOutput<"queue.edit">> {
    const { messageId, text } = input;
    return this.#change(input, { type: "edited", messageId, text });
  }

  async move(input: OperationInput<"queue.move">): Promise<OperationOutput<"queue.move">> {
    const { messageId, before } = input;
    if (before !== null) this.#find(before);
    const { message } = await this.#change(input, { type: "moved", messageId, before });
    return { status: "ok", ...this.#queueOf(message.sessionId) };
  }

  async resume(input: OperationInput<"queue.resume">): Promise<OperationOutput<"queue.resume">> {
    const { sessionId, ambiguous } = input;
    this.#parts.roster.writable(sessionId, input);
    await this.#parts.messages.change(sessionId, { type: "resumed", ambiguous });
    return { status: "ok", ...this.#queueOf(sessionId) };
  }

  async clear(input: OperationInput<"queue.clear">): Promise<OperationOutput<"queue.clear">> {
    const { sessionId } = input;
    this.#parts.roster.writable(sessionId, input);
    let canceled: string[] = [];
    await this.#parts.messages.change(sessionId, ({ waiting }) => {
      canceled = waiting.map(({ messageId }) => messageId);
      return { type: "cleared" };
    });
    return { status: "ok", canceled };
  }

  /** Changes a message that waits. Throws `message_not_queued` for one that does not. */
  async #change(
    { messageId, asSystem }: { readonly messageId: string } & WriteAccess,
    input: QueueInput,
  ): Promise<{ status: "ok"; message: Message }> {
    const { roster, messages } = this.#parts;
    const { sessionId, state } = this.#find(messageId);
    roster.writable(sessionId, { asSystem });
    if (state !== "queued") throw messageNotQueued(messageId, state);
    await messages.change(sessionId, input);
    return { status: "ok", message: this.#find(messageId) };
  }

  #find(messageId: string): Message {
    const message = this.#parts.store.get(messageId);
    if (message === undefined) throw messageNotFound(messageId);
    return message;
  }

  #queueOf(sessionId: string): OperationOutput<"queue.list"> {
    const { waiting, hold } = this.#parts.messages.queueOf(sessionId);
    return { data: [...waiting], hold };
  }
}
