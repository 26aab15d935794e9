/** A login that a person finishes in a browser. */
import type { AppServerClient } from "../client/app-server-client.ts";
import { AppServerError } from "../errors.ts";
import type { EventStream } from "../router/event-stream.ts";
import type { Message } from "../router/message.ts";

export type LoginOutcome = { success: boolean; error: string | null };

/**
 * Begun by `Codex.login`; show the person `url` (and `userCode`, for a device login). Disposing one
 * that is not completed cancels it.
 */
export class Login implements AsyncDisposable {
  readonly loginId: string;
  /** Where the person logs in. */
  readonly url: string;
  /** What the person types there, for a login by device code. */
  readonly userCode: string | undefined;
  readonly #client: AppServerClient;
  readonly #completed: Promise<LoginOutcome>;
  #isOver = false;

  constructor(
    client: AppServerClient,
    stream: EventStream<Message>,
    facts: { loginId: string; url: string; userCode?: string },
  ) {
    this.#client = client;
    this.loginId = facts.loginId;
    this.url = facts.url;
    this.userCode = facts.userCode;
    this.#completed = completionOf(stream, facts.loginId);
    const settled = () => {
      this.#isOver = true;
    };
    this.#completed.then(settled, settled);
  }

  /** Resolves with the outcome of this login, and of no other. */
  completed(): Promise<LoginOutcome> {
    return this.#completed;
  }

  async cancel(): Promise<void> {
    await this.#client.request("account/login/cancel", { loginId: this.loginId });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#client.state !== "closed" && !this.#isOver) await this.cancel();
  }
}

async function completionOf(stream: EventStream<Message>, loginId: string): Promise<LoginOutcome> {
  await using messages = stream;
  for await (const message of messages) {
    if (message.method !== "account/login/completed" || message.params?.loginId !== loginId)
      continue;
    return { success: message.params.success, error: message.params.error };
  }
  throw new AppServerError("transport_closed", "The connection ended before the login did.");
}
