/** The roster over a real database and journal, without codex. */
import type { SessionSummary } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type NewEvent, toNewEvent } from "../journal/event.ts";
import { EventLog } from "../journal/event-log.ts";
import { Projections } from "../journal/projection.ts";
import { SqliteJournal } from "../journal/sqlite-journal.ts";
import { openDatabase } from "../store/database.ts";
import { inherited } from "./controls.ts";
import type { Opened } from "./loaded-threads.ts";
import { Roster } from "./roster.ts";
import { createSessionProjection } from "./session-projection.ts";
import type { SessionRow } from "./session-row.ts";
import { SessionStore } from "./session-store.ts";
import { Standings } from "./standings.ts";
import { TurnTracker } from "./turn-tracker.ts";

async function setUp() {
  const database = openDatabase(":memory:");
  const journal = new SqliteJournal(database);
  const store = new SessionStore(database);
  const projections = new Projections(database, journal, [createSessionProjection(store)], () => {
    throw new Error("an event could not be applied");
  });
  await projections.catchUp();
  const events = new EventLog(journal, projections);
  const roster = new Roster(store, events, new TurnTracker(), new Standings());
  const told: NewEvent[] = [];
  events.onAppended((appended) => told.push(...appended));
  /** As ingest does with what codex says. */
  const hear = (batch: readonly NewEvent[]) => events.append(() => roster.withFacts(batch));
  return { database, store, roster, told, hear, [Symbol.dispose]: () => database.close() };
}

function row(id: string, fields: Partial<SessionRow> = {}): SessionRow {
  return {
    id,
    handle: null,
    title: "A",
    controls: inherited,
    tools: [],
    createdAt: 1000,
    authority: "owned",
    systemOwned: false,
    status: "idle",
    archived: false,
    updatedAt: 1000,
    cwd: "/work",
    preview: "",
    source: "vscode",
    modelProvider: "p",
    materialized: false,
    projectId: null,
    effort: null,
    activeTurnId: null,
    queued: 0,
    queueHold: null,
    deletedAt: null,
    ...fields,
  };
}

const notice = (method: string, params: object) =>
  toNewEvent(`app_server.${method}`, "s", { params: { threadId: "s", ...params } }, 2000);

const step = fc.oneof(
  fc.record({ by: fc.constantFrom("codex", "us"), title: fc.constantFrom("A", "B", "C") }),
  fc.record({ by: fc.constantFrom("codex", "us"), archived: fc.boolean() }),
  fc.record({ by: fc.constantFrom("codex", "us"), deleted: fc.constant(true) }),
);

test("whoever changes a session, in whatever order and batch, each change is told once and the row is as told", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
      async (batches) => {
        using t = await setUp();
        await t.roster.add(row("s"));
        const doing: Promise<unknown>[] = [];
        for (const batch of batches) {
          const heard = batch.flatMap((change) => {
            if (change.by === "us") {
              if ("title" in change) doing.push(t.roster.update("s", { title: change.title }));
              else if ("archived" in change) {
                doing.push(t.roster.setArchived("s", change.archived));
              } else doing.push(t.roster.bury("s"));
              return [];
            }
            if ("title" in change)
              return notice("thread.name.updated", { threadName: change.title });
            if ("deleted" in change) return notice("thread.deleted", {});
            return notice(change.archived ? "thread.archived" : "thread.unarchived", {});
          });
          doing.push(t.hear(heard));
        }
        await Promise.all(doing);
        // What is told, applied to what was, changes something each time and ends at what is kept.
        let title = "A";
        let isArchived = false;
        let isDeleted = false;
        for (const { type, payload } of t.told) {
          const { session } = JSON.parse(payload) as { session: SessionSummary };
          expect(isDeleted).toBe(false);
          switch (type) {
            case "session.updated":
              expect(session.title).not.toBe(title);
              title = session.title;
              break;
            case "session.archived":
            case "session.unarchived":
              expect(isArchived).toBe(type === "session.unarchived");
              isArchived = !isArchived;
              break;
            case "session.deleted":
              isDeleted = true;
              break;
            default:
          }
        }
        expect(t.store.get("s")).toMatchObject({ title, archived: isArchived });
        expect(t.store.get("s")!.deletedAt !== null).toBe(isDeleted);
      },
    ),
  );
});

test("pages of any size hold every session once, the most recently changed first", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          updatedAt: fc.integer({ min: 1, max: 5 }),
          archived: fc.boolean(),
          systemOwned: fc.boolean(),
        }),
        { maxLength: 30 },
      ),
      fc.integer({ min: 1, max: 8 }),
      async (sessions, limit) => {
        using t = await setUp();
        const rows = sessions.map((fields, index) => row(`s${index}`, fields));
        for (const each of rows) t.store.add(each);
        for (const archived of [false, true]) {
          for (const includeSystemOwned of [false, true]) {
            const wanted = rows
              .filter((each) => each.archived === archived)
              .filter((each) => includeSystemOwned || !each.systemOwned)
              .sort((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? 1 : -1));
            const got: string[] = [];
            let cursor: string | undefined;
            do {
              const page = t.roster.list({ archived, includeSystemOwned, limit, cursor });
              expect(page.data.length).toBeLessThanOrEqual(limit);
              got.push(...page.data.map(({ sessionId }) => sessionId));
              cursor = page.nextCursor ?? undefined;
            } while (cursor !== undefined);
            expect(got).toEqual(wanted.map(({ id }) => id));
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("a row follows what codex says of its thread: status, turns, first words", async () => {
  using t = await setUp();
  await t.roster.add(row("s"));
  const said = { type: "userMessage", content: [{ type: "text", text: "Build it" }] };
  await t.hear([
    notice("thread.status.changed", { status: { type: "active" } }),
    notice("turn.started", { turn: { id: "t1" } }),
    notice("item.completed", { item: said }),
    notice("item.completed", { item: { ...said, content: [{ type: "text", text: "More" }] } }),
  ]);
  expect(t.store.get("s")).toMatchObject({
    status: "active",
    activeTurnId: "t1",
    materialized: true,
    preview: "Build it",
    updatedAt: 2000,
  });
  // The end of another turn leaves the running one alone.
  await t.hear([notice("turn.completed", { turn: { id: "t0" } })]);
  expect(t.store.get("s")).toMatchObject({ activeTurnId: "t1" });
  await t.hear([notice("turn.completed", { turn: { id: "t1" } })]);
  expect(t.store.get("s")).toMatchObject({ activeTurnId: null });
  await t.hear([notice("turn.started", { turn: { id: "t2" } })]);
  await t.hear([toNewEvent("runtime.exited", null, {}, 3000)]);
  expect(t.store.get("s")).toMatchObject({ status: "notLoaded", activeTurnId: null });
});

test("a thread that is being adopted is not taken for one that was let go of, nor for another client's", async () => {
  using hub = await setUp();
  const { roster } = hub;
  await roster.add(row("t", { authority: "attached" }));
  await roster.detach("t");
  expect(roster.isLetGo("t")).toBe(true);
  const opened = { thread: { id: "t" } } as Opened;
  {
    using _one = roster.adopting("t");
    {
      using _two = roster.adopting("t");
    }
    expect(roster.isLetGo("t")).toBe(false);
    expect(roster.attach(opened, 1)).toEqual([]);
  }
  expect(roster.isLetGo("t")).toBe(true);
  await roster.add(row("t"));
  expect(roster.isLetGo("t")).toBe(false);
});
