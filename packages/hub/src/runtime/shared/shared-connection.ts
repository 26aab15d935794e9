/**
 * One of several connections to the shared app-server. It is read as fast as codex writes: codex cuts
 * a connection that falls behind. What can't be passed on waits here, up to a bound; past it the
 * reading stops, codex cuts, and what is missed then is read from the threads.
 */
import { setImmediate } from "node:timers/promises";
import type { AppServerClient, Feed, FeedEvent } from "@signalbox/app-server";
import { readAlone } from "../only-reader.ts";

/** What may wait in one. */
const bounds = { limit: 100_000, bytes: 64 * 1024 * 1024 };
/** Events passed on at once. */
const batchSize = 512;

/** One connection and the passing on of what it brings. */
export class SharedConnection {
  readonly index: number;
  readonly client: AppServerClient;
  /** Which process each connection of the client was made to, by generation. */
  readonly processes = new Map<number, number>();
  /** When the last connection was lost, in epoch ms. */
  lostAt: number | undefined;
  readonly #feed: Feed<FeedEvent>;
  #isPassing = false;
  #waiting: (() => void)[] = [];

  constructor(index: number, client: AppServerClient) {
    this.index = index;
    this.client = client;
    this.#feed = readAlone(client, bounds);
    client.onExit(() => {
      this.lostAt = Date.now();
      this.#wake();
    });
  }

  /** Passes everything on in order, until the client is closed. */
  async pump(pass: (batch: FeedEvent[]) => Promise<void>): Promise<void> {
    for (;;) {
      const batch = await this.#feed.take(batchSize);
      if (batch === undefined) return;
      this.#isPassing = true;
      await pass(batch);
      this.#isPassing = false;
      this.#wake();
    }
  }

  /** Resolves when the connection is down and all it brought has been passed on. */
  async quiet(): Promise<void> {
    for (;;) {
      while (this.client.state === "ready" || this.#isPassing || this.#feed.size > 0) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
      // What was taken this moment may not count as being passed on yet.
      await setImmediate();
      if (!this.#isPassing) return;
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
