import { SignalboxError, type StreamEvent } from "@signalbox/contract";
import { describe, expect, it } from "vitest";
import type { EventsOptions } from "../stream/stream-options.ts";
import { type TurnEnd, TurnWatch } from "./turn-watch.ts";

const end = (turnId: string): TurnEnd => ({ turnId, status: "completed", error: null });
const never = new AbortController().signal;

/** A stream that says what the test has it say, and what a watch on it looked up. */
class Scene implements Disposable {
  readonly looks: string[] = [];
  /** What looking gives: an end, nothing yet, or a failure. */
  found: (turnId: string) => TurnEnd | undefined = () => undefined;
  readonly watch: TurnWatch;
  #options: EventsOptions = {};
  #told: (StreamEvent | Error)[] = [];
  #taken = Promise.withResolvers<void>();
  #more = Promise.withResolvers<void>();

  constructor(pollInterval?: number) {
    this.watch = new TurnWatch({
      sessionId: "s",
      stream: { events: (options) => this.#events(options) },
      read: async (turnId) => {
        this.looks.push(turnId);
        return this.found(turnId);
      },
      ...(pollInterval === undefined ? {} : { pollInterval }),
    });
  }

  connected(): void {
    void this.#options.onConnection?.({
      type: "connected",
      threadId: "s",
      from: "e:1",
      reconnects: 0,
    });
  }

  disconnected(): void {
    void this.#options.onConnection?.({
      type: "disconnected",
      threadId: "s",
      reason: "closed",
      closeCode: 1006,
      error: null,
      retryIn: 1,
    });
  }

  /** Resolves when the watch has taken it in. */
  async tells(...ends: readonly TurnEnd[]): Promise<void> {
    this.#taken = Promise.withResolvers();
    this.#told.push(
      ...ends.map(({ turnId, status, error }) => ({
        type: "app_server.turn.completed",
        threadId: "s",
        payload: { params: { turn: { id: turnId, status, error } } },
        seq: 1,
        at: 0,
      })),
    );
    this.#more.resolve();
    await this.#taken.promise;
  }

  fails(error: Error): void {
    this.#told.push(error);
    this.#more.resolve();
  }

  get isListening(): boolean {
    return this.#options.signal?.aborted === false;
  }

  [Symbol.dispose](): void {
    this.watch[Symbol.dispose]();
  }

  async *#events(options: EventsOptions = {}): AsyncGenerator<StreamEvent> {
    this.#options = options;
    for (;;) {
      const next = this.#told.shift();
      if (next instanceof Error) throw next;
      if (next !== undefined) {
        yield next;
        continue;
      }
      this.#taken.resolve();
      await this.#more.promise;
      this.#more = Promise.withResolvers();
    }
  }
}

/** Resolves after so many looks, and gives what they found until then. */
function endsAtLook(scene: Scene, count: number): void {
  scene.found = (turnId) => (scene.looks.length >= count ? end(turnId) : undefined);
}

describe("the end of a turn", () => {
  it("is looked up once while the stream is live, and then told by it", async () => {
    using scene = new Scene(1);
    scene.connected();
    await scene.watch.ready;
    const looked = Promise.withResolvers<void>();
    scene.found = () => void looked.resolve();
    const ended = scene.watch.ended("t", never);
    await looked.promise;
    await scene.tells(end("t"));
    expect(await ended).toEqual(end("t"));
    expect(scene.looks).toEqual(["t"]);
  });

  it("is looked up again and again while the stream is down", async () => {
    using scene = new Scene(1);
    scene.disconnected();
    await scene.watch.ready;
    endsAtLook(scene, 4);
    expect(await scene.watch.ended("t", never)).toEqual(end("t"));
    expect(scene.looks).toHaveLength(4);
  });

  it("is looked up when the stream goes down and when it comes back, since it may have ended between", async () => {
    using scene = new Scene(60_000);
    scene.connected();
    const looks = [0, 1, 2].map(() => Promise.withResolvers<void>());
    scene.found = (turnId) => {
      looks[scene.looks.length - 1]!.resolve();
      return scene.looks.length === 3 ? end(turnId) : undefined;
    };
    const ended = scene.watch.ended("t", never);
    await looks[0]!.promise;
    scene.disconnected();
    await looks[1]!.promise;
    scene.connected();
    expect(await ended).toEqual(end("t"));
  });

  it("that is heard before anybody asks is not looked up", async () => {
    using scene = new Scene();
    scene.connected();
    await scene.tells(end("early"), { turnId: "t", status: "failed", error: { message: "No" } });
    expect(await scene.watch.ended("t", never)).toEqual({
      turnId: "t",
      status: "failed",
      error: { message: "No" },
    });
    expect(scene.looks).toEqual([]);
  });

  it("is remembered for the 256 turns that ended last, and looked up for those before", async () => {
    using scene = new Scene();
    await scene.tells(...Array.from({ length: 257 }, (_, n) => end(`t${n}`)));
    scene.found = end;
    await scene.watch.ended("t1", never);
    expect(scene.looks).toEqual([]);
    await scene.watch.ended("t0", never);
    expect(scene.looks).toEqual(["t0"]);
  });

  it("is looked up again after a failure that may pass, and not after one that can't", async () => {
    using scene = new Scene(1);
    scene.found = (turnId) => {
      if (scene.looks.length < 3) throw new SignalboxError("hub_unreachable", "Not there.");
      return end(turnId);
    };
    expect(await scene.watch.ended("t", never)).toEqual(end("t"));
    scene.found = () => {
      throw new SignalboxError("session_not_found", "No such session.");
    };
    await expect(scene.watch.ended("u", never)).rejects.toMatchObject({
      code: "session_not_found",
    });
  });
});

describe("a wait for it", () => {
  it("ends with its own signal, and others go on", async () => {
    using scene = new Scene(60_000);
    scene.connected();
    const mine = new AbortController();
    const given = scene.watch.ended("t", mine.signal);
    const other = scene.watch.ended("t", never);
    mine.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    await scene.tells(end("t"));
    expect(await other).toEqual(end("t"));
  });

  it("ends when the watch is disposed, which stops listening", async () => {
    const scene = new Scene(60_000);
    scene.connected();
    const ended = scene.watch.ended("t", never);
    expect(scene.isListening).toBe(true);
    scene.watch[Symbol.dispose]();
    scene.watch[Symbol.dispose]();
    await expect(ended).rejects.toMatchObject({ name: "AbortError" });
    expect(scene.isListening).toBe(false);
    await expect(scene.watch.ended("u", never)).rejects.toMatchObject({ name: "AbortError" });
  });

  it("ends with what makes the stream pointless", async () => {
    using scene = new Scene(60_000);
    const ended = scene.watch.ended("t", never);
    scene.fails(new SignalboxError("unauthorized", "The token is wrong."));
    await expect(ended).rejects.toMatchObject({ code: "unauthorized" });
  });
});
