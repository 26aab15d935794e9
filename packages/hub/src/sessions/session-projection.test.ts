/** The rows in memory against those in the database, also where changes are taken back. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { newSessionRow } from "../../fixtures/hub-state.ts";
import { toNewEvent } from "../journal/event.ts";
import { EventLog } from "../journal/event-log.ts";
import { Projections } from "../journal/projection.ts";
import { SqliteJournal } from "../journal/sqlite-journal.ts";
import { openDatabase } from "../store/database.ts";
import { createSessionProjection } from "./session-projection.ts";
import { SessionStore } from "./session-store.ts";
import { toSummary } from "./summary.ts";

const id = "s";
const started = { ...newSessionRow(), id };

async function setUp() {
  const database = openDatabase(":memory:");
  const journal = new SqliteJournal(database);
  const store = new SessionStore(database);
  const projections = new Projections(database, journal, [createSessionProjection(store)], () => {
    throw new Error("an event could not be applied");
  });
  await projections.catchUp();
  store.add(started);
  return {
    store,
    events: new EventLog(journal, projections),
    /** The row as another process would read it. */
    stored: () => new SessionStore(database).get(id),
    /** From here on nothing a projection does can be stored, until it is allowed. */
    forbid: () => database.exec("ALTER TABLE projection RENAME TO away"),
    allow: () => database.exec("ALTER TABLE away RENAME TO projection"),
    [Symbol.dispose]: () => database.close(),
  };
}

const said = (method: string, params: object) =>
  toNewEvent(`app_server.${method}`, id, { params: { threadId: id, ...params } }, 2000);

const turn = fc.constantFrom("t1", "t2").map((turnId) => ({ turn: { id: turnId } }));

const event = fc.oneof(
  turn.map((params) => said("turn.started", params)),
  turn.map((params) => said("turn.completed", params)),
  fc
    .constantFrom("active", "idle", "systemError")
    .map((type) => said("thread.status.changed", { status: { type } })),
  fc.string().map((text) => {
    const content = [{ type: "text", text }];
    return said("item.completed", { item: { type: "userMessage", content } });
  }),
  fc.string().map((title) => {
    const session = toSummary({ ...started, title });
    return toNewEvent("session.updated", id, { session, changed: ["title"] }, 3000);
  }),
  fc.boolean().map((archived) => {
    return toNewEvent(archived ? "session.archived" : "session.unarchived", id, {}, 4000);
  }),
  fc.constant(toNewEvent("runtime.exited", null, {}, 5000)),
);

test("a change that is taken back is not remembered, and comes once it can be stored", async () => {
  using t = await setUp();
  const events = [said("turn.started", { turn: { id: "t1" } })];
  expect(t.store.get(id)?.activeTurnId).toBe(null);
  t.forbid();
  await t.events.append(events);
  expect(t.store.get(id)?.activeTurnId).toBe(null);
  t.allow();
  await t.events.append([said("thread.status.changed", { status: { type: "active" } })]);
  expect(t.store.get(id)).toMatchObject({ activeTurnId: "t1", status: "active" });
});

test("whatever happens, and whatever of it is taken back, the row in memory is the one that is stored", async () => {
  const step = fc.record({ events: fc.array(event, { maxLength: 5 }), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      using t = await setUp();
      for (const { events, fails } of steps) {
        if (fails) t.forbid();
        await t.events.append(events);
        if (fails) t.allow();
        expect(t.store.get(id)).toEqual(t.stored());
      }
    }),
    { numRuns: 100 },
  );
});
