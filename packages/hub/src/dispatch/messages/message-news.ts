/** Who waits for what becomes of messages. It is heard from what was stored, whoever stored it. */
import type { HubEventPayload } from "@signalbox/contract";
import type { StoredEvent } from "../../journal/event.ts";

/** A message that came to something. */
export type News = HubEventPayload<"message.accepted">["message"];

type Hear = (news: News | undefined) => void;

/** Tells them. */
export class MessageNews {
  readonly #waiting = new Map<string, Set<Hear>>();

  /**
   * Calls back, perhaps several times, when a message neither waits nor starts any more; with undefined
   * when nobody will. Gives an idempotent way to stop, without which it is kept for ever.
   */
  await(messageId: string, hear: Hear): () => void {
    const all = this.#waiting.get(messageId) ?? new Set();
    this.#waiting.set(messageId, all.add(hear));
    return () => {
      all.delete(hear);
      if (all.size === 0 && this.#waiting.get(messageId) === all) this.#waiting.delete(messageId);
    };
  }

  /** Follows what was stored. */
  follow(events: readonly StoredEvent[]): void {
    if (this.#waiting.size === 0) return;
    for (const { type, value } of events) {
      if (!type.startsWith("message.")) continue;
      const { message } = value as HubEventPayload<"message.accepted">;
      if (message.state === "queued" || message.state === "starting") continue;
      for (const hear of this.#waiting.get(message.messageId) ?? []) hear(message);
    }
  }

  /** Nobody who waits is told any more. */
  close(): void {
    for (const all of this.#waiting.values()) for (const hear of all) hear(undefined);
  }
}
