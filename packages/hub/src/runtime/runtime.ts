/** The supervised codex, as the hub's other parts use it. */
import type { Answer, AppServerClient, RequestOptions, RuntimeInfo } from "@signalbox/app-server";
import { SignalboxError } from "@signalbox/contract";
import type { ClientMethod, ParamsOf, RequestId, ResultOf } from "@signalbox/protocol";
import { fromAppServerError } from "./errors.ts";

/** How the last process ended. `code` and `signal` are null where the client could not learn them. */
export interface LastExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** ISO time. */
  readonly at: string;
  readonly message: string;
}

/** How long a read may take before its caller is told so, in ms. */
const readDeadline = 30_000;

/** One codex, started and restarted by its client. */
export class Runtime {
  readonly #client: AppServerClient;
  #info: RuntimeInfo | undefined;
  #lastExit: LastExit | undefined;

  constructor(client: AppServerClient) {
    this.#client = client;
  }

  /** Whether requests can be sent now. */
  get isReady(): boolean {
    return this.#client.state === "ready";
  }

  /** The process that runs; undefined when none does. */
  get info(): RuntimeInfo | undefined {
    return this.#info;
  }

  /** Processes started so far. */
  get generation(): number {
    return this.#client.generation;
  }

  get lastExit(): LastExit | undefined {
    return this.#lastExit;
  }

  /** Notes a process that was started. */
  noteStart(info: RuntimeInfo): void {
    this.#info = info;
  }

  /** Notes the end of a process. */
  noteExit(exit: LastExit): void {
    this.#info = undefined;
    this.#lastExit = exit;
  }

  /**
   * Sends a request. While codex is away it rejects at once with `runtime_unavailable`, so that a
   * caller never waits for a restart; otherwise with the code of `fromAppServerError`.
   */
  async request<M extends ClientMethod>(
    method: M,
    params: ParamsOf<M>,
    options: RequestOptions = {},
  ): Promise<ResultOf<M>> {
    if (!this.isReady) {
      throw new SignalboxError(
        "runtime_unavailable",
        "Codex is not running now; the hub starts it again. Try again in a moment.",
      );
    }
    try {
      return await this.#client.request(method, params, { deadline: readDeadline, ...options });
    } catch (error) {
      throw fromAppServerError(error);
    }
  }

  /** Answers a question of a process. False when that process is gone. */
  respond(request: { generation: number; id: RequestId }, answer: Answer): boolean {
    return this.#client.respond(request, answer);
  }
}
