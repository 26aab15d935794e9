/** What becomes of messages, whatever happens in which order: decided on plain values. */
import type { Message } from "@signalbox/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, nextOf, type Queue, type QueueInput } from "./queue.ts";

const empty: Queue = { sessionId: "s", waiting: [], open: [], shown: new Set(), hold: null };

function message(messageId: string, fields: Partial<Message> = {}): Message {
  return {
    messageId,
    sessionId: "s",
    mode: "queue",
    state: "queued",
    text: messageId,
    overrides: {},
    turnId: null,
    interruptsTurnId: null,
    position: null,
    actor: null,
    process: null,
    error: null,
    ambiguity: null,
    createdAt: 0,
    updatedAt: 0,
    ...fields,
  };
}

/** The queue after these, and everything that was told. */
function after(...inputs: QueueInput[]) {
  let queue = empty;
  const told: string[] = [];
  for (const [at, input] of inputs.entries()) {
    const decided = decide(queue, input, at);
    queue = decided.queue;
    told.push(...decided.facts.map(({ type, message: of }) => `${of.messageId} ${type}`));
  }
  return { queue, told, waiting: queue.waiting.map(({ messageId }) => messageId) };
}

const said = (id: string, fields: Partial<Message> = {}): QueueInput => ({
  type: "said",
  message: message(id, fields),
});
const idle: QueueInput = { type: "idle", process: "p" };
const taken = (messageId: string, turnId: string | null = `turn of ${messageId}`): QueueInput => ({
  type: "taken",
  messageId,
  turnId,
});
const ended = (id: string, status: string): QueueInput => ({
  type: "turn_ended",
  turnId: `turn of ${id}`,
  status,
  error: status === "failed" ? "It broke" : null,
});
const lost = (messageId: string): QueueInput => ({
  type: "lost",
  messageId,
  ambiguity: { reason: "answer_lost", evidence: null, kept: false },
});

describe("holds", () => {
  test.each([
    ["failed", "turn_failed"],
    ["interrupted", "turn_interrupted"],
  ])("a turn that %s holds what waits, and says by which turn", (status, reason) => {
    const { queue } = after(said("a"), said("b"), idle, taken("a"), ended("a", status));
    expect(queue.hold).toMatchObject({ reason, since: 4, turnId: "turn of a", messageId: "a" });
    expect(nextOf(queue)).toBeUndefined();
  });

  describe("an interrupted message", () => {
    const taking = { messageId: "a", turnId: "turn of a" };
    const shown: QueueInput = { type: "shown", ...taking };
    const why = (...inputs: QueueInput[]) => {
      const { queue } = after(said("a"), idle, taken("a"), ...inputs);
      const end = { type: "turn_ended", turnId: "turn of a", status: "interrupted" } as const;
      return (error: string | null) =>
        decide(queue, { ...end, error }, 3).facts[0]?.message.error?.message ?? null;
    };

    test("of whose turn Codex has no record says so", () => {
      expect(why()("No record")).toBe("No record");
      expect(why(shown)("No record")).toBe("No record");
    });

    test("that Codex never told of in its turn says so, and none that it did", () => {
      expect(why()(null)).toContain("before it told that it took this message up");
      expect(why(shown)(null)).toBeNull();
      expect(why(shown, taken("a"))(null)).toBeNull();
    });

    test("that was context says nothing, since Codex never tells of it", () => {
      const told = said("a", { mode: "context", state: "starting" });
      expect(after(told, taken("a"), ended("a", "interrupted")).told).toEqual([
        "a created",
        "a accepted",
        "a interrupted",
      ]);
      const { queue } = after(told, taken("a"));
      const [fact] = decide(queue, ended("a", "interrupted"), 3).facts;
      expect(fact?.message.error).toBeNull();
    });
  });

  test("nothing is held where nothing waits", () => {
    const { queue } = after(said("a"), idle, taken("a"), ended("a", "failed"));
    expect(queue.hold).toBeNull();
    expect(
      after(said("a"), idle, taken("a"), ended("a", "failed"), said("b")).queue.hold,
    ).toBeNull();
  });

  test("a hold goes with the last message that waited", () => {
    const { queue } = after(said("a"), said("b"), idle, taken("a"), ended("a", "failed"), {
      type: "canceled",
      messageId: "b",
    });
    expect(queue.hold).toBeNull();
  });

  test("the end of a turn of another kind holds nothing", () => {
    expect(after(said("a"), ended("x", "failed")).queue.hold).toBeNull();
  });

  test("the turn that somebody cut into holds nothing, and the one who cut in is next", () => {
    const cut = said("c", { mode: "interject", interruptsTurnId: "turn of a" });
    const { queue } = after(said("a"), said("b"), idle, taken("a"), cut, ended("a", "interrupted"));
    expect(queue.hold).toBeNull();
    expect(nextOf(queue)?.messageId).toBe("c");
  });

  test("who cuts in comes after those who cut in before", () => {
    const cut = (id: string) => said(id, { mode: "interject", interruptsTurnId: "t" });
    expect(after(said("a"), cut("b"), cut("c"), said("d")).waiting).toEqual(["b", "c", "a", "d"]);
  });

  test.each([
    ["before one that cuts in", "b", "c", "c"],
    ["behind one that only waits", "c", null, "c"],
  ])("nothing is moved %s", (_where, messageId, before, first) => {
    const cut = said("c", { mode: "interject", interruptsTurnId: "t" });
    const { queue } = after(said("a"), said("b"), cut);
    expect(() => decide(queue, { type: "moved", messageId, before }, 9)).toThrow(
      expect.objectContaining({ code: "goes_first", details: { messageId: first } }),
    );
  });

  test("those that cut in can be moved among themselves, as can those that wait", () => {
    const cut = (id: string) => said(id, { mode: "interject", interruptsTurnId: "t" });
    const moved = (messageId: string, before: string | null) =>
      ({ type: "moved", messageId, before }) as const;
    const all = [said("a"), said("b"), cut("c"), cut("d")];
    expect(after(...all, moved("d", "c"), moved("b", "a")).waiting).toEqual(["d", "c", "b", "a"]);
    expect(after(...all, moved("c", "a"), moved("b", "a")).waiting).toEqual(["d", "c", "b", "a"]);
  });

  test("what is said again, or was put back, comes behind who cuts in", () => {
    const cut = said("c", { mode: "interject", interruptsTurnId: "turn of b" });
    const again: QueueInput = { type: "resumed", ambiguous: "resend" };
    const start = said("b", { mode: "start", state: "starting" });
    const { waiting, queue } = after(
      ...[said("a"), idle, lost("a"), start, taken("b"), cut, again],
      ended("b", "interrupted"),
    );
    expect([waiting, queue.hold]).toEqual([["c", "a"], null]);
  });

  test("a message that was refused in its turn holds those behind it", () => {
    const refused: QueueInput = {
      type: "refused",
      messageId: "a",
      error: { code: "codex_error", message: "no" },
    };
    const { queue, told } = after(said("a"), said("b"), idle, refused);
    expect(queue.hold).toMatchObject({ reason: "refused", messageId: "a" });
    expect(told.at(-1)).toBe("a refused");
  });

  test("a message that was put back is the first again, and nothing is held", () => {
    const { queue, waiting } = after(said("a"), said("b"), idle, {
      type: "put_back",
      messageId: "a",
    });
    expect([waiting, queue.hold]).toEqual([["a", "b"], null]);
  });
});

describe("a lost answer", () => {
  test("holds even what comes later, until the message turns up", () => {
    const { queue } = after(said("a"), idle, lost("a"), said("b"));
    expect(queue.hold).toMatchObject({ reason: "ambiguous", messageId: "a" });
    expect(nextOf(queue)).toBeUndefined();
    const found = after(said("a"), idle, lost("a"), said("b"), taken("a"), ended("a", "completed"));
    expect(found.queue.hold).toBeNull();
    expect(nextOf(found.queue)?.messageId).toBe("b");
  });

  test("is still held by another when one of two turns up", () => {
    const open = { state: "starting", mode: "steer" } as const;
    const { queue } = after(said("a", open), said("b", open), lost("a"), lost("b"), taken("a"));
    expect(queue.hold).toMatchObject({ reason: "ambiguous", messageId: "b" });
  });

  test("keep lets the queue go on and the message as it is; it may still turn up", () => {
    const kept: QueueInput = { type: "resumed", ambiguous: "keep" };
    const { queue } = after(said("a"), said("b"), idle, lost("a"), kept);
    expect(nextOf(queue)?.messageId).toBe("b");
    expect(queue.open).toMatchObject([
      { messageId: "a", state: "ambiguous", ambiguity: { kept: true } },
    ]);
    const { told } = after(said("a"), idle, lost("a"), kept, taken("a"), ended("a", "completed"));
    expect(told.slice(-2)).toEqual(["a accepted", "a completed"]);
  });

  test("resend puts it first again, in the order of before; drop gives it up", () => {
    const again: QueueInput = { type: "resumed", ambiguous: "resend" };
    expect(after(said("a"), said("b"), idle, lost("a"), again).waiting).toEqual(["a", "b"]);
    const drop: QueueInput = { type: "resumed", ambiguous: "drop" };
    const dropped = after(said("a"), said("b"), idle, lost("a"), drop);
    expect([dropped.waiting, dropped.queue.open]).toEqual([["b"], []]);
    expect(dropped.told).toContain("a canceled");
  });

  test("a message that was to steer is not sent again", () => {
    const { queue } = after(said("a", { state: "starting", mode: "steer" }), lost("a"), {
      type: "resumed",
      ambiguous: "resend",
    });
    expect(queue.open).toMatchObject([{ state: "ambiguous", ambiguity: { kept: true } }]);
  });
});

test("what was found in another turn than the answer named belongs to that turn", () => {
  const { queue } = after(said("a"), idle, taken("a", "phantom"), taken("a", "real"));
  expect(queue.open).toMatchObject([{ state: "accepted", turnId: "real" }]);
});

test.each([
  ["canceled", { type: "canceled", messageId: "a" }],
  ["edited", { type: "edited", messageId: "a", text: "x" }],
  ["moved", { type: "moved", messageId: "a", before: null }],
] as const)("a message that waits no more can't be %s", (_what, input) => {
  const { queue } = after(said("a"), idle);
  expect(() => decide(queue, input, 9)).toThrow(
    expect.objectContaining({
      code: "message_not_queued",
      details: { messageId: "a", state: "starting" },
    }),
  );
});

test("an edited message says the new text when its turn comes", () => {
  const { queue } = after(said("a"), { type: "edited", messageId: "a", text: "new" }, idle);
  expect(queue.open).toMatchObject([{ state: "starting", text: "new" }]);
});

test("a queue that is cleared is empty and free", () => {
  const { queue, told } = after(said("a"), said("b"), said("c"), idle, lost("a"), {
    type: "cleared",
  });
  expect([queue.waiting, queue.hold]).toEqual([[], null]);
  expect(told.slice(-3)).toEqual(["b canceled", "c canceled", "a ambiguous"]);
});

/** One step of what people, codex and crashes do; numbers choose among what there is. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: "queue" as const }) },
  { weight: 6, arbitrary: fc.constant({ do: "idle" as const }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("answer" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("end" as const),
      status: fc.constantFrom("completed", "completed", "failed", "interrupted"),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "refuse" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "put_back" as const }) },
  { weight: 4, arbitrary: fc.constant({ do: "interject" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("crash" as const), wasTaken: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), n: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("edit" as const), n: fc.nat(9) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("move" as const), n: fc.nat(9), to: fc.nat(9) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("resume" as const),
      ambiguous: fc.constantFrom("keep" as const, "resend" as const, "drop" as const),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A queue, what a plain list says it must be, and what codex was handed. */
class Model {
  queue = empty;
  /** Ids in the order in which they must be handed over. */
  expected: string[] = [];
  readonly handed: string[] = [];
  /** Those that cut in. */
  readonly cuts = new Set<string>();
  /** Messages somebody had sent again. */
  readonly resent = new Map<string, number>();
  readonly ends = new Map<string, string[]>();
  made = 0;

  run(one: Step): void {
    const { waiting, open } = this.queue;
    const starting = open.find(({ state }) => state === "starting");
    const running = open.find(({ state }) => state === "accepted");
    const chosen = "n" in one ? waiting[one.n] : undefined;
    switch (one.do) {
      case "queue": {
        const id = this.#new();
        this.expected.push(id);
        return this.#apply(said(id));
      }
      case "interject": {
        if (running === undefined) return;
        const id = this.#new();
        // Before all that wait but those who cut in before.
        this.cuts.add(id);
        this.expected.splice(waiting.filter(({ mode }) => mode === "interject").length, 0, id);
        return this.#apply(said(id, { mode: "interject", interruptsTurnId: running.turnId }));
      }
      case "idle": {
        // The hub asks only where no turn runs, as it knows: what was accepted may have ended unheard.
        this.#apply(idle);
        const next = this.queue.open.find(({ state }) => state === "starting");
        if (next !== undefined && next !== starting && starting === undefined) {
          expect(next.messageId).toBe(this.expected.shift());
          this.handed.push(next.messageId);
        }
        return;
      }
      case "answer":
        if (starting === undefined) return;
        this.#apply(taken(starting.messageId));
        // Codex's own event tells it too, before or after.
        return this.#apply(taken(starting.messageId));
      case "end":
        if (running === undefined) return;
        this.#apply(ended(running.messageId, one.status));
        // Told twice, as after a lost connection.
        return this.#apply(ended(running.messageId, one.status));
      case "refuse":
        if (starting === undefined) return;
        return this.#apply({ type: "refused", messageId: starting.messageId, error: null });
      case "put_back":
        if (starting === undefined) return;
        this.#giveBack(starting.messageId);
        this.handed.pop();
        return this.#apply({ type: "put_back", messageId: starting.messageId });
      case "crash":
        if (starting === undefined) return;
        if (!one.wasTaken) return this.#apply(lost(starting.messageId));
        this.#apply(taken(starting.messageId));
        return this.#apply(ended(starting.messageId, "interrupted"));
      case "cancel":
        if (chosen === undefined) return;
        this.expected = this.expected.filter((id) => id !== chosen.messageId);
        return this.#apply({ type: "canceled", messageId: chosen.messageId });
      case "edit":
        if (chosen === undefined) return;
        return this.#apply({ type: "edited", messageId: chosen.messageId, text: "other" });
      case "move": {
        if (chosen === undefined) return;
        const { messageId } = chosen;
        const before = waiting[one.to]?.messageId ?? null;
        const input = { type: "moved", messageId, before } as const;
        if (before === messageId) return this.#apply(input);
        const rest = this.expected.filter((id) => id !== messageId);
        const place = before === null ? rest.length : rest.indexOf(before);
        const moved = rest.toSpliced(place, 0, messageId);
        if (!this.#cutsComeFirst(moved)) {
          expect(() => this.#apply(input)).toThrow("cuts into the turn");
          return;
        }
        this.expected = moved;
        return this.#apply(input);
      }
      case "resume": {
        const unknown = open.filter(({ ambiguity }) => ambiguity?.kept === false);
        if (one.ambiguous === "resend") {
          for (const { messageId } of unknown.toReversed()) {
            this.#giveBack(messageId);
            this.resent.set(messageId, (this.resent.get(messageId) ?? 0) + 1);
          }
        }
        return this.#apply({ type: "resumed", ambiguous: one.ambiguous });
      }
    }
  }

  check(): void {
    const { waiting, open, hold } = this.queue;
    expect(waiting.map(({ messageId }) => messageId)).toEqual(this.expected);
    expect(this.#cutsComeFirst(this.expected)).toBe(true);
    expect(open.filter(({ state }) => state === "starting").length).toBeLessThanOrEqual(1);
    // One is under way, and nothing else is started meanwhile.
    expect(open.filter(({ state }) => state !== "ambiguous").length).toBeLessThanOrEqual(1);
    const here = [...waiting, ...open].map(({ messageId }) => messageId);
    const gone = [...this.ends.keys()];
    // Each is in exactly one place: waiting, under way, or at one end.
    expect([...here, ...gone].toSorted()).toEqual(
      Array.from({ length: this.made }, (_, i) => nameOf(i)).toSorted(),
    );
    for (const ends of this.ends.values()) expect(ends).toHaveLength(1);
    for (const id of here) {
      const times = this.handed.filter((one) => one === id).length;
      expect(times).toBeLessThanOrEqual(1 + (this.resent.get(id) ?? 0));
    }
    const unknown = open.some(({ ambiguity }) => ambiguity?.kept === false);
    if (unknown) expect(hold?.reason).toBe("ambiguous");
    if (hold !== null && hold.reason !== "ambiguous") expect(waiting.length).toBeGreaterThan(0);
  }

  #giveBack(messageId: string): void {
    const cuts = this.expected.filter((id) => this.cuts.has(id)).length;
    this.expected.splice(this.cuts.has(messageId) ? 0 : cuts, 0, messageId);
  }

  #cutsComeFirst(ids: readonly string[]): boolean {
    const order = ids.map((id) => this.cuts.has(id));
    return !order.includes(false) || !order.slice(order.indexOf(false)).includes(true);
  }

  #new(): string {
    this.made += 1;
    return nameOf(this.made - 1);
  }

  #apply(input: QueueInput): void {
    const { queue, facts } = decide(this.queue, input, 0);
    this.queue = queue;
    for (const { type, message: of } of facts) {
      if (!["completed", "failed", "interrupted", "canceled", "refused"].includes(type)) continue;
      this.ends.set(of.messageId, [...(this.ends.get(of.messageId) ?? []), type]);
    }
  }
}

function nameOf(n: number): string {
  return `m${String(n).padStart(4, "0")}`;
}

test("whatever happens in whichever order, messages are handed over in their order, one at a time, none lost and none twice", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { size: "max", maxLength: 150 }), (steps) => {
      const model = new Model();
      for (const one of steps) {
        model.run(one);
        model.check();
        seen.add(model.queue.hold?.reason ?? "free");
      }
      // Where nothing holds any more, all that waits is handed over in the end.
      model.run({ do: "resume", ambiguous: "keep" });
      for (let left = 3 * model.made + 3; left > 0; left -= 1) {
        model.run({ do: "idle" });
        model.run({ do: "answer" });
        model.run({ do: "end", status: "completed" });
      }
      model.check();
      expect(model.queue.waiting).toEqual([]);
    }),
    { numRuns: 100 },
  );
  // The search came everywhere.
  expect([...seen].toSorted()).toEqual([
    "ambiguous",
    "free",
    "refused",
    "turn_failed",
    "turn_interrupted",
  ]);
});
