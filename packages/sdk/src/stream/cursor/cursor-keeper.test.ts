import type { Position } from "@signalbox/contract";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HandlerFailure } from "../../router/route.ts";
import { CursorKeeper, loadCursor } from "./cursor-keeper.ts";
import { type CursorStore, memoryCursorStore } from "./cursor-store.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function keeperWith(save: CursorStore["save"], saved?: string) {
  let handled: Position | undefined;
  const failures: HandlerFailure[] = [];
  const keeper = new CursorKeeper({
    store: { load: () => undefined, save },
    key: "k",
    saved,
    handled: () => handled,
    onHandlerError: (failure) => void failures.push(failure),
  });
  /** Handles up to here. */
  const handle = (seq: number) => {
    handled = { epoch: "e", seq };
    keeper.touch();
  };
  return { keeper, handle, failures };
}

describe("CursorKeeper", () => {
  it("saves at once after a quiet time, then at most once a pace, and always the latest", async () => {
    const saves: string[] = [];
    const { keeper, handle } = keeperWith((key, cursor) => void saves.push(`${key} ${cursor}`));
    keeper.touch();
    expect(saves).toEqual([]);
    for (const seq of [1, 2, 3]) handle(seq);
    expect(saves).toEqual(["k e:1"]);
    await vi.advanceTimersByTimeAsync(199);
    expect(saves).toEqual(["k e:1"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(saves).toEqual(["k e:1", "k e:3"]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(saves).toHaveLength(2);
    handle(4);
    expect(saves).toEqual(["k e:1", "k e:3", "k e:4"]);
  });

  it("does not save what the store holds already", () => {
    const saves: string[] = [];
    const { handle } = keeperWith((_key, cursor) => void saves.push(cursor), "e:7");
    handle(7);
    handle(8);
    expect(saves).toEqual(["e:8"]);
  });

  it("never begins a save before the one before has ended", async () => {
    let running = 0;
    const gates: PromiseWithResolvers<void>[] = [];
    const { keeper, handle } = keeperWith(async () => {
      running += 1;
      expect(running).toBe(1);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      running -= 1;
    });
    handle(1);
    handle(2);
    await vi.advanceTimersByTimeAsync(1_000);
    const closed = keeper.close();
    gates[0]?.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(gates).toHaveLength(2);
    gates[1]?.resolve();
    await closed;
  });

  it("reports a save that fails and one that hangs, and tries again less and less often", async () => {
    const fault = new Error("disk full");
    const results: (() => Promise<void>)[] = [
      () => Promise.reject(fault),
      () => new Promise(() => undefined),
      () => Promise.resolve(),
    ];
    const saves: string[] = [];
    const { handle, failures } = keeperWith((_key, cursor) => {
      saves.push(cursor);
      return results.shift()?.();
    });
    handle(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(saves).toEqual(["e:1", "e:1", "e:1"]);
    expect(failures).toMatchObject([
      { reason: "cursor_store", error: fault, handler: 'cursorStore.save("k")', event: null },
      { reason: "cursor_store", error: { name: "TimeoutError" } },
    ]);
  });

  it("saves what is left when it is closed, and nothing after that", async () => {
    const saves: string[] = [];
    const { keeper, handle } = keeperWith((_key, cursor) => void saves.push(cursor));
    handle(1);
    handle(2);
    await keeper.close();
    expect(saves).toEqual(["e:1", "e:2"]);
    handle(3);
    await keeper.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(saves).toEqual(["e:1", "e:2", "e:3"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("loadCursor", () => {
  it("gives what was saved under the key, and undefined where nothing was", async () => {
    const store = memoryCursorStore();
    await store.save("a", "e:1");
    expect(await loadCursor(store, "a")).toBe("e:1");
    expect(await loadCursor(store, "b")).toBeUndefined();
  });

  it("rejects what is no text", async () => {
    const store = { load: () => 7 as unknown as string, save: () => undefined };
    await expect(loadCursor(store, "a")).rejects.toMatchObject({ code: "invalid_cursor" });
  });
});
