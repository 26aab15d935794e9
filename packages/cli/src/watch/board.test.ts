import type { SessionSummary } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Board, sessionLimit } from "./board.ts";
import { initialFocus, lookAt } from "./keyboard.ts";
import { drawScreen } from "./screen.ts";

const session = (id: string, rest: Partial<SessionSummary> = {}) =>
  ({
    sessionId: id,
    handle: null,
    title: "",
    status: "idle",
    activeTurnId: null,
    updatedAt: 100,
    preview: "",
    archived: false,
    systemOwned: false,
    ...rest,
  }) as SessionSummary;

const event = (type: string, threadId: string | null, payload: object, at = 1_000_000) => ({
  type,
  threadId,
  payload,
  seq: 1,
  at,
});
const signal = (name: string, threadId: string, params: object, at?: number) =>
  event(`app_server.${name}`, threadId, { params }, at);

test("a session shows what runs in it, since when, what it said, and how its turn ended", () => {
  const board = new Board();
  board.putSession(session("s", { handle: "@a", preview: "hello" }));
  const now = () => board.sessions[0];
  expect(now()).toMatchObject({ name: "@a", status: "idle", since: 100_000, lastWords: "hello" });
  board.apply(signal("turn.started", "s", {}, 5_000));
  expect(now()).toMatchObject({ status: "active", doing: "thinking", since: 5_000 });
  const item = { type: "commandExecution", command: "make" };
  board.apply(signal("item.started", "s", { item }));
  expect(now()).toMatchObject({ doing: "running make", since: 5_000 });
  board.apply(signal("item.started", "s", { item: { type: "agentMessage" } }));
  expect(now()).toMatchObject({ doing: "writing" });
  board.apply(signal("item.agent_message.delta", "s", { delta: "All " }));
  board.apply(signal("item.agent_message.delta", "s", { delta: "done" }));
  expect(now()?.lastWords).toMatch(/All done$/);
  board.apply(signal("item.completed", "s", { item: { type: "agentMessage", text: "All done." } }));
  const turn = { status: "failed", error: { message: "no luck" } };
  board.apply(signal("turn.completed", "s", { turn }, 9_000));
  expect(now()).toMatchObject({
    status: "idle",
    doing: "failed: no luck",
    since: 9_000,
    lastWords: "All done.",
  });
  board.apply(event("session.deleted", null, { sessionId: "s" }));
  expect(board.sessions).toEqual([]);
});

test("archived sessions, those of the hub itself and those not asked for are left out", () => {
  const board = new Board(["s"]);
  board.putSession(session("s", { archived: true }));
  board.putSession(session("s", { systemOwned: true }));
  board.putSession(session("other"));
  expect(board.sessions).toEqual([]);
  board.putSession(session("s"));
  board.apply(event("session.archived", "s", { session: session("s") }));
  expect(board.sessions).toEqual([]);
});

test("memory is bounded: of too many sessions those that rest longest go, and long words are cut", () => {
  const board = new Board();
  for (let at = 0; at < sessionLimit; at += 1) board.putSession(session(`s${at}`));
  board.apply(signal("turn.started", "s0", {}));
  board.putSession(session("one-more"));
  const ids = board.sessions.map(({ sessionId }) => sessionId);
  expect(ids).toHaveLength(sessionLimit);
  expect(ids).toContain("s0");
  expect(ids).not.toContain("s1");
  board.setLastWords("s0", "x".repeat(100_000));
  for (let at = 0; at < 100; at += 1) {
    board.apply(signal("item.agent_message.delta", "s0", { delta: "y".repeat(1_000) }));
  }
  expect(board.sessions[0]?.lastWords.length).toBeLessThanOrEqual(400);
});

test("an unknown event changes nothing and breaks nothing", () => {
  const board = new Board();
  board.putSession(session("s"));
  const { version } = board;
  board.apply(signal("some.thing.new", "s", {}));
  board.apply(event("queue.changed", "s", {}));
  board.apply(event("app_server.request.new", "s", {}));
  expect(board.version).toBe(version);
});

test("the screen never has more lines than the terminal, and no control character of an agent's", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary", maxLength: 60 }), { maxLength: 60, size: "max" }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 200 }),
      (titles, rows, columns) => {
        const board = new Board();
        for (const [at, title] of titles.entries()) {
          board.putSession(session(`s${at}`, { title, preview: title }));
          board.putRequest({
            requestId: `r${at}`,
            kind: "command_approval",
            threadId: `s${at}`,
            summary: title,
            command: title,
            cwd: title,
            reason: title,
            availableDecisions: null,
            deadlineAt: at,
            authority: "owned",
            decidedBy: null,
            state: "pending",
          } as never);
        }
        const lines = drawScreen({
          board,
          focus: lookAt(board.requests, initialFocus, 0),
          url: "http://h",
          connection: "live",
          now: 50,
          columns,
          rows,
        });
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
        const text = lines
          .flat()
          .map((piece) => piece.text)
          .join("");
        expect(text).not.toMatch(/\p{Cc}/u);
      },
    ),
    { numRuns: 50 },
  );
});
