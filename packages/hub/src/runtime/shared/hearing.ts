/**
 * Makes one story of what several connections bring. Codex tells some things on every connection, and
 * each connection has starts and ends of its own; of a thread the connection counts that is its home.
 */
import type { FeedEvent } from "@signalbox/app-server";
import { threadIdOf } from "@signalbox/protocol";
import type { Log } from "../../log.ts";
import type { Joining } from "../joining.ts";
import type { Heard } from "../runtime.ts";
import type { ProcessWatch } from "./process-watch.ts";
import type { SharedConnection } from "./shared-connection.ts";
import type { ThreadHomes } from "./thread-homes.ts";

/** What hearing needs of its runtime. */
export interface HearingParts {
  readonly homes: ThreadHomes;
  readonly watch: ProcessWatch;
  readonly joining: Joining;
  readonly log: Log;
}

type HeardMessage = Extract<FeedEvent, { type: "notification" | "request" }>;

/** Sorts what the connections of one runtime bring. */
export class Hearing {
  readonly #parts: HearingParts;
  /** The process whose start was told last. */
  #announced = 0;

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  /** What counts of what a connection brought, in order, under the generation of its process. */
  async sort(connection: SharedConnection, batch: FeedEvent[]): Promise<Heard[]> {
    const { homes, watch } = this.#parts;
    const heard: Heard[] = [];
    for (const event of batch) {
      const generation = connection.processes.get(event.generation) ?? watch.generation;
      switch (event.type) {
        case "notification":
        case "request":
          if (this.#mayBeStarting(event)) await homes.startsEnded();
          if (!this.#counts(connection, event)) break;
          event.generation = generation;
          heard.push(event);
          this.#notice(event);
          break;
        case "deltas_lost":
          heard.push({ ...event, generation });
          break;
        case "runtime":
          heard.push(...this.#toRuntimeEvents(connection, event, generation));
      }
    }
    return heard;
  }

  #mayBeStarting({ message }: HeardMessage): boolean {
    if (!this.#parts.homes.isStarting) return false;
    const threadId = threadIdOf(message);
    return threadId !== undefined && !this.#parts.homes.isSettled(threadId);
  }

  /** Whether this connection is the one to hear this on. */
  #counts(connection: SharedConnection, { message }: HeardMessage): boolean {
    const threadId = threadIdOf(message);
    if (threadId === undefined) return connection.index === 0;
    if (message.method === "thread/started") return this.#parts.homes.isNewStart(threadId);
    return this.#parts.homes.homeOf(threadId) === connection.index;
  }

  /** A thread that runs and is not followed was set going by another client. How long ago codex said so, it says. */
  #notice({ message }: HeardMessage): void {
    if (message.method === "thread/closed") {
      this.#parts.homes.forget(message.params.threadId);
    } else if (message.method === "thread/status/changed") {
      const { threadId, status } = message.params;
      this.#parts.joining.notice(threadId, status, message.emittedAtMs ?? Date.now());
    }
  }

  #toRuntimeEvents(
    connection: SharedConnection,
    event: Extract<FeedEvent, { type: "runtime" }>,
    generation: number,
  ): Heard[] {
    switch (event.state) {
      case "exited":
        if (connection.client.state !== "closed") {
          this.#parts.log.warn(
            { connection: connection.index, err: event.error },
            "A connection to the shared app-server was lost and is made again",
          );
        }
        return [];
      case "restarting":
        // Without a process there is one to be started; else only the connection is made again.
        return connection.index === 0 && this.#parts.watch.current === undefined
          ? [{ ...event, generation }]
          : [];
      case "started": {
        // Threads may have been set going while nobody listened on this connection.
        if (event.generation > 1)
          void this.#parts.joining.joinAll(connection.client, connection.lostAt);
        if (generation === this.#announced) return [];
        this.#announced = generation;
        const { pid, codexPath } = this.#parts.watch.current ?? {};
        const info = { ...event.info, pid, codexPath };
        return this.#parts.watch.wasFound
          ? [{ type: "found", generation, info }]
          : [{ ...event, generation, info }];
      }
    }
  }
}
