/** Whatever happens while a connection is lost, and however slow the reading is: told once, in order. */
import type { ClientMethod, Turn } from "@signalbox/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Message } from "../router/message.ts";
import { MessageRouter } from "../router/message-router.ts";
import { LiveThreads } from "./live-threads.ts";
import { type Call, Recovery } from "./recovery.ts";

const threadId = "t";
type Fact = { readonly turn: number; readonly item: number | "start" | "end" };

/** What a thread does: turns, each with its items, in order. */
function toFacts(sizes: readonly number[]): Fact[] {
  return sizes.flatMap((size, turn) => [
    { turn, item: "start" as const },
    ...Array.from({ length: size }, (_, item) => ({ turn, item })),
    { turn, item: "end" as const },
  ]);
}

function toMessage({ turn, item }: Fact): Message {
  const turnId = `turn${turn}`;
  if (typeof item === "number") {
    const params = { threadId, turnId, item: { id: `item${item}`, type: "plan" } };
    return { method: "item/completed", params } as Message;
  }
  const method = item === "start" ? "turn/started" : "turn/completed";
  return { method, params: { threadId, turn: { id: turnId, items: [] } } } as unknown as Message;
}

function toFact({ method, params }: Message): string {
  const { turn, turnId, item } = params as {
    turn?: Turn;
    turnId?: string;
    item?: { id: string };
  };
  return `${method} ${turn?.id ?? turnId} ${item?.id ?? ""}`;
}

/** Facts with the items of each turn sorted between its start and its end. */
function byTurn(told: readonly string[]): string[] {
  const sorted: string[] = [];
  for (let from = 0; from < told.length; ) {
    const isItem = told[from]!.startsWith("item");
    const next = told.findIndex((fact, i) => i >= from && fact.startsWith("item") !== isItem);
    const end = next === -1 ? told.length : next;
    sorted.push(...(isItem ? told.slice(from, end).toSorted() : told.slice(from, end)));
    from = end;
  }
  return sorted;
}

/** When a turn ended, in seconds. */
const endOf = (turn: number) => 1_000 + 2 * turn;

/** The thread as it is read after these facts: newest turn first, completed items only. */
function toTurns(facts: readonly Fact[]): Turn[] {
  const turns: Turn[] = [];
  for (const { turn, item } of facts) {
    if (item === "start") {
      const begun = { id: `turn${turn}`, items: [], status: "inProgress", completedAt: null };
      turns.unshift(begun as unknown as Turn);
    } else if (item === "end")
      Object.assign(turns[0]!, { status: "completed", completedAt: endOf(turn) });
    else turns[0]!.items.push({ id: `item${item}`, type: "plan" } as Turn["items"][number]);
  }
  return turns;
}

const sizes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 30 });
const point = fc.double({ min: 0, max: 1, noNaN: true });

/** A client that hears a thread, and what it is told of it. */
function createListener(facts: readonly Fact[]) {
  const router = new MessageRouter();
  const threads = new LiveThreads();
  const told: string[] = [];
  router.observe((message) => threads.observe(message));
  router.tap((message) => {
    if (message.method !== "thread/status/changed") told.push(toFact(message));
  });
  const recovery = new Recovery(router, threads, { goesOn: true, onLost: () => {} });
  const hear = (from: number, to: number) => {
    for (const fact of facts.slice(from, to)) router.receive(JSON.stringify(toMessage(fact)), 1);
  };
  return { threads, told, recovery, hear };
}

/** A thread that was resumed after so many facts, and read after `read` while `heard` had come. */
function callAt(
  facts: readonly Fact[],
  { resumed, read, heard }: Readonly<Record<"resumed" | "read" | "heard", number>>,
  hear: (from: number, to: number) => void,
): Call {
  const running = facts[resumed - 1] !== undefined && facts[resumed - 1]!.item !== "end";
  const status = running ? { type: "active", activeFlags: [] } : { type: "idle" };
  return (async (method: ClientMethod) => {
    if (method === "thread/resume") return { thread: { id: threadId, ephemeral: false, status } };
    hear(resumed, heard);
    return { data: toTurns(facts.slice(0, read)), nextCursor: null };
  }) as unknown as Call;
}

/** An answer that overtakes messages may bring items of one turn in another order. */
function expectTold(told: readonly string[], facts: readonly Fact[], overtook: boolean): void {
  const all = facts.map((fact) => toFact(toMessage(fact)));
  expect(overtook ? byTurn(told) : told).toEqual(overtook ? byTurn(all) : all);
}

test("each fact is told once and in its order, whenever the connection is lost, resumed and the thread read", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, point, point, point, point, async (turns, a, b, c, d) => {
      const facts = toFacts(turns);
      const at = (share: number, from: number) => from + Math.floor(share * (facts.length - from));
      const lost = at(a, 0);
      const resumed = at(b, lost);
      /** How far the thread had come when it was read, and how much of the stream came before that answer. */
      const read = at(c, resumed);
      const heard = at(d, resumed);
      const { threads, told, recovery, hear } = createListener(facts);
      threads.add({ id: threadId, ephemeral: false, status: { type: "idle" } });
      threads.setLastTurn(threadId, null);
      hear(0, lost);
      await recovery.resumeAll(callAt(facts, { resumed, read, heard }, hear));
      hear(heard, facts.length);
      expectTold(told, facts, heard < read);
    }),
    { numRuns: 2_000 },
  );
});

test("of a thread nothing is known of, each fact since it was heard to run is told once and in its order, whenever it is joined and read", async () => {
  await fc.assert(
    fc.asyncProperty(sizes, point, point, point, point, async (turns, a, b, c, d) => {
      const facts = toFacts(turns);
      const at = (share: number, from: number) => from + Math.floor(share * (facts.length - from));
      const turn = Math.min(Math.floor(a * turns.length), turns.length - 1);
      const began = facts.findIndex((fact) => fact.turn === turn);
      // Codex says that the thread runs before it tells of the turn.
      const resumed = at(b, began + 1);
      const read = at(c, resumed);
      const heard = at(d, resumed);
      const { told, recovery, hear } = createListener(facts);
      const call = callAt(facts, { resumed, read, heard }, hear);
      await recovery.join(threadId, { since: endOf(turn) * 1_000 - 500 }, call, () => {});
      hear(heard, facts.length);
      expectTold(told, facts.slice(began), heard < read);
    }),
    { numRuns: 2_000 },
  );
});

test("past the bound on what may wait a thread's messages come at once, none missing", async () => {
  const told: string[] = [];
  const { Handover } = await import("../router/handover.ts");
  const handover = new Handover((message) => told.push(toFact(message)), 2);
  const facts = toFacts([2]).map(toMessage);
  handover.hold(threadId);
  const passed = facts.map((message) => {
    const waits = handover.takes(message, 1);
    if (!waits) told.push(toFact(message));
    return waits;
  });
  expect(passed).toEqual([true, true, false, false]);
  handover.release(threadId);
  expect(told).toEqual(facts.map(toFact));
  expect(handover.isActive).toBe(false);
});
