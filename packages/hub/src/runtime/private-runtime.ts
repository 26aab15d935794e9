/** A codex of the hub's own: a child over stdio, which ends with the hub. */
import { randomUUID } from "node:crypto";
import type {
  Answer,
  AppServerClient,
  Feed,
  FeedEvent,
  RequestOptions,
} from "@signalbox/app-server";
import type { ClientMethod, ParamsOf, ResultOf } from "@signalbox/protocol";
import type { Log } from "../log.ts";
import { fromAppServerError } from "./errors.ts";
import { type FollowedThreads, Joining } from "./joining.ts";
import { readAlone } from "./only-reader.ts";
import { ProcessNotes } from "./process-notes.ts";
import { requestNow, whyNotNow } from "./request-now.ts";
import type { Question, Runtime } from "./runtime.ts";

/** Started and restarted by its client. Nothing is lost: while its events can't be stored, codex waits. */
export class PrivateRuntime implements Runtime {
  readonly survivor = undefined;
  readonly notes = new ProcessNotes();
  readonly #client: AppServerClient;
  readonly #feed: Feed<FeedEvent>;
  readonly #joining: Joining;
  readonly #run = randomUUID();
  /** The last name that was asked for: it is asked for with every event. */
  #named = { generation: 0, name: "" };

  /** `client` has not been started. */
  constructor(client: AppServerClient, threads: FollowedThreads, log: Log) {
    this.#client = client;
    this.#feed = readAlone(client);
    this.#joining = new Joining({ ...threads, log, clientOf: () => client, joined: () => {} });
  }

  get isReady(): boolean {
    return this.notReady === undefined;
  }

  get notReady(): string | undefined {
    return whyNotNow(this.#client);
  }

  get generation(): number {
    return this.#client.generation;
  }

  async start(): Promise<void> {
    try {
      await this.#client.start();
    } catch (error) {
      throw fromAppServerError(error);
    }
    // Turns that an earlier hub and its codex left unfinished end now.
    await this.#joining.joinAll(this.#client);
  }

  async take(max: number): Promise<FeedEvent[] | undefined> {
    const events = await this.#feed.take(max);
    if (this.#joining.hasLeft && events?.some(isStart)) void this.#joining.bringBackAll();
    return events;
  }

  processOf(generation: number): string {
    if (generation !== this.#named.generation) {
      this.#named = { generation, name: `${this.#run}:${generation}` };
    }
    return this.#named.name;
  }

  async request<M extends ClientMethod>(
    method: M,
    params: ParamsOf<M>,
    options?: RequestOptions,
  ): Promise<ResultOf<M>> {
    if (method === "thread/resume") {
      await this.#joining.bringBack((params as ParamsOf<"thread/resume">).threadId);
    }
    return requestNow(this.#client, method, params, options);
  }

  lookAgain(threadId: string): Promise<void> {
    return this.#joining.joinAgain(threadId);
  }

  /** No other client has threads in this process. */
  async follow(): Promise<void> {}

  async unfollow(): Promise<void> {}

  respond({ process, id }: Question, answer: Answer): boolean {
    const { generation } = this;
    return (
      process === this.processOf(generation) && this.#client.respond({ generation, id }, answer)
    );
  }

  close(): Promise<void> {
    this.#joining.close();
    return this.#client.close();
  }
}

function isStart(event: FeedEvent): boolean {
  return event.type === "runtime" && event.state === "started";
}
