/** Says what firings say, as messages: under the id of one that was sent nothing is sent again. */
import type { Dispatch } from "../create-dispatch.ts";
import type { MessageStore } from "../messages/message-store.ts";
import type { FiringMessage, Sender, SentMessage } from "./sender.ts";

/** The sender. */
export class MessageSender implements Sender {
  readonly #dispatch: Pick<Dispatch, "sender" | "settled">;
  readonly #messages: Pick<MessageStore, "get">;

  constructor(dispatch: Pick<Dispatch, "sender" | "settled">, messages: Pick<MessageStore, "get">) {
    this.#dispatch = dispatch;
    this.#messages = messages;
  }

  async send({ messageId, actor, ...input }: FiringMessage): Promise<SentMessage> {
    const { turnId } = await this.#dispatch.sender.send(input, { messageId, actor });
    return { messageId, turnId };
  }

  async find(message: FiringMessage): Promise<SentMessage | undefined> {
    if (this.#messages.get(message.messageId) === undefined) return undefined;
    // Messages that were under way are looked for in their threads first.
    await this.#dispatch.settled();
    return this.send(message);
  }
}
