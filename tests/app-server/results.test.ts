/** What a finished turn is told as, and lists of what codex has, on the real codex. */
import { deltas, reasoning, text, updatePlan } from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { collect, openWorld } from "./world.ts";

describe("the result", () => {
  test("of a turn has its ids, its status, its items in order, its usage and its times", async () => {
    await using world = await openWorld();
    world.model.turn(
      [reasoning("thinking"), text("first this"), updatePlan([{ step: "s", status: "completed" }])],
      text("then that"),
    );
    const before = Math.floor(Date.now() / 1_000);
    const thread = await world.codex.startThread();
    const turn = await thread.startTurn("go");
    const result = await turn.result();
    expect(result).toMatchObject({
      turnId: turn.id,
      threadId: thread.id,
      status: "completed",
      ok: true,
      error: null,
      text: "then that",
    });
    expect(result.items.map(({ type }) => type)).toEqual([
      "userMessage",
      "reasoning",
      "agentMessage",
      "agentMessage",
    ]);
    expect(result.usage?.total.outputTokens).toBeGreaterThan(result.usage?.last.outputTokens ?? 0);
    expect(result.startedAt).toBeGreaterThanOrEqual(before);
    expect(result.completedAt).toBeGreaterThanOrEqual(result.startedAt ?? 0);
    expect(result.durationMs).toBeGreaterThan(0);
    expect(await turn.result()).toEqual(result);
  });

  test("has the whole text of items whose deltas nobody read", async () => {
    await using world = await openWorld();
    world.model.turn(text(deltas(1_000, (n) => `${n},`)));
    const thread = await world.codex.startThread();
    const { text: whole } = await thread.run("count");
    expect(whole).toBe(Array.from({ length: 1_000 }, (_, n) => `${n},`).join(""));
  });
});

describe("threads and models", () => {
  test("are listed whole, page by page or at once", async () => {
    await using world = await openWorld();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      world.model.turn(text("noted"));
      const thread = await world.codex.startThread();
      await thread.run(`number ${n}`);
      ids.push(thread.id);
    }
    const listed = await collect(world.codex.listThreads({ limit: 2 }));
    expect(listed.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect((await world.codex.models()).map(({ model }) => model)).toEqual(["mock-model"]);
  });
});
