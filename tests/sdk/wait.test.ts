/** Waiting for turns and replies of the real codex, and for anything else. */
import { isSignalboxError, type Signalbox } from "@signalbox/sdk";
import { failed, gate, text } from "@signalbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { World } from "./world.ts";

let world: World;
let box: Signalbox;
beforeAll(async () => {
  world = await World.start();
  box = world.connect();
});
afterAll(async () => {
  await box.close();
  await world[Symbol.asyncDispose]();
});

async function send(what: string): Promise<{ sessionId: string; turnId: string }> {
  const { session } = await box.sessions.create();
  return box.sessions.sendMessage({ sessionId: session.sessionId, text: what });
}

describe("wait.turn", () => {
  test("gives the end of a turn that runs, and of one that has ended", async () => {
    world.model.turn(text(["a", gate("turn"), "b"]));
    const turn = await send("Talk");
    const waiting = box.wait.turn(turn);
    await world.model.gate("turn").reached;
    world.model.gate("turn").release();
    const end = { turnId: turn.turnId, status: "completed", error: null };
    expect(await waiting).toEqual(end);
    expect(await box.wait.turn(turn)).toEqual(end);
  });

  test("ends with its timeout or its signal, and leaves the turn running", async () => {
    world.model.turn(text(["a", gate("on"), "b"]));
    const turn = await send("Talk");
    await expect(box.wait.turn({ ...turn, timeout: 50 })).rejects.toMatchObject({
      code: "deadline_exceeded",
      message: `Turn ${turn.turnId} did not come within 50 ms.`,
    });
    await expect(box.wait.turn({ ...turn, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "aborted",
    });
    const { session } = await box.sessions.get({ sessionId: turn.sessionId });
    expect(session.activeTurnId).toBe(turn.turnId);
    world.model.gate("on").release();
    await box.wait.turn(turn);
  });

  test("looks nowhere in vain: an unknown session is said at once", async () => {
    await expect(
      box.wait.turn({ sessionId: "01900000-0000-7000-8000-000000000000", turnId: "t" }),
    ).rejects.toMatchObject({ code: "session_not_found" });
  });
});

describe("wait.reply", () => {
  test("gives the last thing the agent said", async () => {
    world.model.turn(text("Forty-two."));
    const turn = await send("What is it?");
    expect(await box.wait.reply(turn)).toEqual({
      ...turn,
      status: "completed",
      error: null,
      reply: "Forty-two.",
    });
  });

  test("says at once when a turn ended without one, and why", async () => {
    world.model.turn(failed("invalid_prompt", "No such thing."));
    const turn = await send("What is it?");
    const error: unknown = await box.wait.reply(turn).catch((reason: unknown) => reason);
    expect(isSignalboxError(error) && error).toMatchObject({
      code: "no_reply",
      details: { turnId: turn.turnId, status: "failed" },
    });
  });
});

describe("wait.until", () => {
  test("looks until what it finds is wanted, and gives that", async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      return looks;
    };
    expect(await box.wait.until(look, { predicate: (n) => n === 3, interval: 1 })).toBe(3);
    expect(looks).toBe(3);
    const list: number[] = [];
    expect(await box.wait.until(() => list.push(1) > 1 && list, { interval: 1 })).toBe(list);
  });

  test("gives up after its attempts, its time or its signal, and not before it has looked", async () => {
    let looks = 0;
    const never = () => {
      looks += 1;
      return false;
    };
    await expect(
      box.wait.until(never, { attempts: 2, interval: 1, description: "The moon" }),
    ).rejects.toMatchObject({
      code: "deadline_exceeded",
      message: "The moon did not come within 2 looks.",
    });
    expect(looks).toBe(2);
    // The interval does not put the end off.
    await expect(box.wait.until(never, { timeout: 20, interval: 1e9 })).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
    await expect(
      box.wait.until(() => new Promise(() => {}), { timeout: 20 }),
    ).rejects.toMatchObject({ code: "deadline_exceeded" });
    const stop = new AbortController();
    const waiting = box.wait.until(never, { interval: 1e9, signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
  });

  test("ends with what the look or the predicate throws, and refuses bounds that can't be", async () => {
    const broken = new Error("broken");
    const throwing = () => {
      throw broken;
    };
    await expect(box.wait.until(throwing)).rejects.toBe(broken);
    await expect(box.wait.until(() => 1, { predicate: throwing })).rejects.toBe(broken);
    for (const bound of [
      { timeout: 0 },
      { interval: -1 },
      { attempts: 0 },
      { timeout: Number.NaN },
    ])
      await expect(box.wait.until(() => 1, bound)).rejects.toMatchObject({
        code: "invalid_request",
      });
  });
});

test("a part of a session's settings is read, set, merged and taken away by its path", async () => {
  const { session } = await box.sessions.create();
  const colors = box.session(session.sessionId).settings.namespace("ui.colors");
  expect(await colors.get()).toBeUndefined();
  await colors.set({ border: "blue" });
  await colors.merge({ text: null });
  expect(await colors.get()).toEqual({ border: "blue", text: null });
  const all = await box.sessions.settings.get({ sessionId: session.sessionId });
  expect(all).toMatchObject({ settings: { ui: { colors: { border: "blue", text: null } } } });
  expect(await colors.unset()).toBe(true);
  expect(await colors.get()).toBeUndefined();
});
