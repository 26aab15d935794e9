/** What the history of firings keeps, and for how long. */
import type { Firing } from "@signalbox/contract";
import { expect, test } from "vitest";
import { putWebhookTrigger } from "../../../fixtures/webhook-trigger.ts";
import { openDatabase, transaction } from "../../store/database.ts";
import { FiringRetention, keptFor } from "./firing-retention.ts";
import { toFiring } from "./firing-row.ts";
import { FiringStore } from "./firing-store.ts";
import { newFiringOf } from "./reactor.ts";
import { TriggerStore } from "./trigger-store.ts";

const idOf = (n: number) => `trg_${String(n).padStart(32, "0")}`;

/** Three triggers, and a history of ten firings, which looks for what to drop each 1,024 firings. */
function setUp() {
  const database = openDatabase(":memory:");
  const triggers = new TriggerStore(database);
  for (const n of [1, 2, 3]) putWebhookTrigger(triggers, idOf(n));
  const firings = new FiringStore(database, new FiringRetention(database, 10));
  let made = 0;
  /** Fires a trigger; what became of it is told at once. */
  const fire = (n: number, at: number, state: Firing["state"]) => {
    made += 1;
    const { definition } = triggers.get(idOf(n))!;
    const firing = newFiringOf(definition);
    const event = { type: "webhook", threadId: null, seq: null, at, payload: null };
    const cause = { type: "webhook", webhookId: String(made) } as const;
    firings.add({ ...firing, cause, depth: 0, event, dueAt: at });
    const [row] = firings.list({ order: "newest", limit: 1 });
    const hasActed = state === "done";
    firings.end({ ...toFiring(row!), state, actedAt: hasActed ? at : null, endedAt: at });
  };
  const fireAll = (count: number, n: number, at: number, state: Firing["state"]) =>
    transaction(database, () => {
      for (let i = 0; i < count; i += 1) fire(n, at, state);
    });
  const kept = (n: number) =>
    firings.list({ triggerId: idOf(n), order: "oldest", limit: 5_000 }).map(({ dueAt }) => dueAt);
  return { triggers, firings, fire, fireAll, kept };
}

const hour = 60 * 60 * 1_000;

test("whatever others do, the guards of a trigger find what it did last, and within the hour", () => {
  const { firings, fire, fireAll, kept } = setUp();
  fire(1, 0, "done");
  fire(1, 1, "done");
  fire(2, 2, "done");
  fireAll(30, 2, hour, "done");
  fireAll(2_100, 3, hour + 3, "suppressed");
  // Of the first what it did last, of the second what it did within the hour.
  expect(kept(1)).toEqual([1]);
  expect(firings.history(idOf(1)).lastActedAt).toBe(1);
  expect(kept(2)).toEqual(Array.from({ length: 30 }, () => hour));
  expect(firings.actedSince(idOf(2), 3)).toBe(30);
  expect(kept(3).length).toBeLessThanOrEqual(10 + 1_024);
});

test("after 30 days nothing is kept but what each trigger did last, and nothing of one that was taken away", () => {
  const { triggers, fire, fireAll, kept } = setUp();
  fire(1, 0, "done");
  fire(1, 1, "done");
  fire(2, 1, "done");
  fire(2, 2, "suppressed");
  triggers.remove(idOf(2));
  fireAll(1_100, 3, keptFor + 3, "suppressed");
  expect([kept(1), kept(2)]).toEqual([[1], []]);
});
