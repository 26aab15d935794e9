/**
 * Which threads a client is subscribed to, as its own calls tell, so that they are brought back after
 * a restart; and a look at those that went idle without the end of their turn.
 */
import type { ClientMethod, ParamsOf, ResultOf, Thread } from "@signalbox/protocol";
import type { Message } from "../router/message.ts";
import type { LiveThreads } from "./live-threads.ts";
import type { Call, Recovery } from "./recovery.ts";

export type SubscriptionParts = {
  threads: LiveThreads;
  recovery: Recovery;
  call: Call;
  /** Whether app-server can be asked now. */
  isReady: () => boolean;
  /** Whether threads go on when the connection is lost: then their last turn is noted. */
  goesOn: boolean;
  /** Ms between a thread's going idle and the look at the turn whose end is missing. */
  idleGrace: number;
  warn: (message: string, fields: Record<string, unknown>) => void;
};

export class Subscriptions {
  readonly #parts: SubscriptionParts;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  /** Notes what an answered call did: starting, resuming or forking a thread subscribes to it. */
  note(method: ClientMethod, params: unknown, result: unknown): void {
    const { threads } = this.#parts;
    switch (method) {
      case "thread/start": {
        const { thread } = result as ResultOf<"thread/start">;
        threads.add(thread);
        return threads.setLastTurn(thread.id, null);
      }
      case "thread/resume":
      case "thread/fork":
        return this.#noteResumed((result as ResultOf<"thread/resume">).thread);
      case "thread/unsubscribe":
        return threads.remove((params as ParamsOf<"thread/unsubscribe">).threadId);
      default:
    }
  }

  /** A thread that is idle while a turn is open has ended it without telling us, if the end does not follow soon. */
  observe(message: Message): void {
    if (message.method !== "thread/status/changed" || message.params.status.type !== "idle") return;
    const { threadId } = message.params;
    const turnId = this.#parts.threads.get(threadId)?.activeTurnId;
    if (turnId === undefined) return;
    setTimeout(() => this.#lookUp(threadId, turnId), this.#parts.idleGrace).unref();
  }

  #lookUp(threadId: string, turnId: string): void {
    const { threads, recovery, call, isReady, warn } = this.#parts;
    const thread = threads.get(threadId);
    if (!isReady() || thread?.activeTurnId !== turnId || thread.status.type !== "idle") return;
    recovery.reconcile(threadId, call).catch((error) => {
      warn("A turn's end could not be looked up.", { threadId, error: String(error) });
    });
  }

  #noteResumed(thread: Thread): void {
    const { threads, recovery, call, goesOn, warn } = this.#parts;
    threads.add(thread);
    if (!goesOn) return;
    recovery.mark(thread.id, call).catch((error) => {
      warn("A thread's last turn could not be read.", {
        threadId: thread.id,
        error: String(error),
      });
    });
  }
}
