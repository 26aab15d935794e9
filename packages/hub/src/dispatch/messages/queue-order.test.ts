/** Messages keep their order, whatever people, codex and crashes do in whichever order. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  emptyQueue,
  ended,
  idle,
  lost,
  said,
  shown,
  taken,
} from "../../../fixtures/queue-inputs.ts";
import { decide, type QueueInput } from "./queue.ts";

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
  queue = emptyQueue;
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
        return this.#apply(shown(starting.messageId));
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
