import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Reservation, TurnTracker } from "./turn-tracker.ts";

const started = (id: string) => ({
  method: "turn/started",
  params: { threadId: "t", turn: { id, status: "inProgress" } },
});
const completed = (id: string) => ({
  method: "turn/completed",
  params: { threadId: "t", turn: { id, status: "completed" } },
});
const status = (type: string) => ({
  method: "thread/status/changed",
  params: { threadId: "t", status: { type, activeFlags: [] } },
});

test("a thread takes one start at a time, and none while a turn runs", () => {
  const turns = new TurnTracker();
  const reservation = turns.reserve("t")!;
  expect(turns.reserve("t")).toBeUndefined();
  expect(turns.reserve("other")).toBeDefined();
  reservation.accept("a");
  expect(turns.activeTurnOf("t")).toBe("a");
  expect(turns.reserve("t")).toBeUndefined();
  turns.observe(started("a"));
  turns.observe(completed("a"));
  expect(turns.activeTurnOf("t")).toBeUndefined();
  expect(turns.reserve("t")).toBeDefined();
});

test("a start that failed, or whose process is gone, lets the thread go", () => {
  const turns = new TurnTracker();
  const freed: string[] = [];
  using _freed = turns.onFree((threadId, by) => freed.push(`${threadId} ${by}`));
  turns.reserve("t")!.release();
  expect(freed).toEqual(["t no_start"]);
  expect(turns.reserve("t")).toBeDefined();
  expect(turns.isStarting("t")).toBe(true);
  turns.clear();
  expect(freed).toEqual(["t no_start", "t no_start"]);
  expect(turns.isStarting("t")).toBe(false);
});

test("a thread whose turn ended is free by what app-server tells", () => {
  const turns = new TurnTracker();
  const freed: string[] = [];
  const listening = turns.onFree((threadId, by) => freed.push(`${threadId} ${by}`));
  turns.reserve("t")!.accept("a");
  turns.observe(started("a"));
  turns.observe(completed("a"));
  expect(freed).toEqual(["t app_server"]);
  listening[Symbol.dispose]();
  turns.reserve("t")!.release();
  expect(freed).toHaveLength(1);
});

test("a turn that ended before the answer to its start came is not taken for running", () => {
  const turns = new TurnTracker();
  const reservation = turns.reserve("t")!;
  turns.observe(started("a"));
  turns.observe(completed("a"));
  reservation.accept("a");
  reservation.release();
  expect(turns.activeTurnOf("t")).toBeUndefined();
});

test("an old idle does not end a turn that is not announced yet, a new one ends one that was", () => {
  const turns = new TurnTracker();
  turns.reserve("t")!.accept("a");
  turns.observe(status("idle"));
  expect(turns.activeTurnOf("t")).toBe("a");
  turns.observe(status("active"));
  turns.observe(started("a"));
  turns.observe(status("active"));
  expect(turns.activeTurnOf("t")).toBe("a");
  turns.observe(status("idle"));
  expect(turns.activeTurnOf("t")).toBeUndefined();
});

test("a turn id that never runs, since it was merged into another turn, does not hold the thread", () => {
  const turns = new TurnTracker();
  turns.reserve("t")!.accept("phantom");
  turns.observe(completed("real"));
  expect(turns.activeTurnOf("t")).toBeUndefined();
});

test("the end of an earlier turn does not end a later one that was announced", () => {
  const turns = new TurnTracker();
  turns.observe(started("b"));
  turns.observe(completed("a"));
  expect(turns.activeTurnOf("t")).toBe("b");
});

describe("the turn that runs or is about to is", () => {
  test("the one that runs, at once, and none where none does", async () => {
    const turns = new TurnTracker();
    expect(await turns.turnOf("t")).toBeUndefined();
    turns.observe(started("a"));
    expect(await turns.turnOf("t")).toBe("a");
  });

  const starts: [string, string | undefined, (held: Reservation, turns: TurnTracker) => void][] = [
    ["what the answer to its start says", "a", (held) => held.accept("a")],
    [
      "what the answer says that comes after its end",
      "a",
      (held, turns) => {
        turns.observe(started("a"));
        turns.observe(completed("a"));
        held.accept("a");
      },
    ],
    ["none where the start is refused", undefined, (held) => held.release()],
    ["none where the process goes", undefined, (_held, turns) => turns.clear()],
    [
      "what codex told where the answer is lost",
      "a",
      (held, turns) => {
        turns.observe(started("a"));
        turns.observe(completed("a"));
        held.expect();
      },
    ],
    [
      "none where the answer is lost and codex has told nothing",
      undefined,
      (held) => held.expect(),
    ],
  ];
  test.each(starts)("%s", async (_what, turnId, happens) => {
    const turns = new TurnTracker();
    const held = turns.reserve("t")!;
    const asked = turns.turnOf("t");
    happens(held, turns);
    expect(await asked).toBe(turnId);
  });
});

test("nothing runs once the process is gone, and a start of before it counts no more", () => {
  const turns = new TurnTracker();
  const reservation = turns.reserve("t")!;
  turns.clear();
  reservation.accept("a");
  expect(turns.activeTurnOf("t")).toBeUndefined();
  expect(turns.reserve("t")).toBeDefined();
});

test("params of any shape are borne", () => {
  const turns = new TurnTracker();
  fc.assert(
    fc.property(
      fc.constantFrom("turn/started", "turn/completed", "thread/status/changed", "thread/closed"),
      fc.jsonValue(),
      (method, params) => turns.observe({ method, params }),
    ),
  );
});
