import fc from "fast-check";
import { expect, test } from "vitest";
import { openDatabase } from "../store/database.ts";
import { toNewEvent } from "./event.ts";
import { EventLog } from "./event-log.ts";
import { Projections } from "./projection.ts";
import { SqliteJournal } from "./sqlite-journal.ts";

function setUp() {
  const database = openDatabase(":memory:");
  database.exec("CREATE TABLE applied (seq INTEGER)");
  const journal = new SqliteJournal(database);
  const failures: number[] = [];
  const open = (poison?: number) => {
    const projection = {
      name: "test",
      types: ["a.*"],
      apply: ({ seq }: { seq: number }) => {
        if (seq === poison) throw new Error("can't");
        database.prepare("INSERT INTO applied VALUES (?)").run(seq);
      },
    };
    return new Projections(database, journal, [projection], (_name, { seq }) => failures.push(seq));
  };
  const applied = () =>
    database
      .prepare("SELECT seq FROM applied ORDER BY rowid")
      .all()
      .map(({ seq }) => seq);
  return { database, journal, open, applied, failures };
}

const fact = (type: string) => toNewEvent(type, null, {}, 1);

test("a projection applies the events of its types, and a new start goes on where the last one was", async () => {
  const { journal, open, applied } = setUp();
  const first = open();
  await first.catchUp();
  const log = new EventLog(journal, first);
  await log.append([fact("a.one"), fact("b.one"), fact("a.two")]);
  expect(applied()).toEqual([1, 3]);
  // Stored while no projection followed: as after a crash.
  await journal.append([fact("a.three"), fact("b.two")]);
  const second = open();
  await second.catchUp();
  expect(applied()).toEqual([1, 3, 4]);
  await new EventLog(journal, second).append([fact("a.four")]);
  expect(applied()).toEqual([1, 3, 4, 6]);
});

test("wherever a crash falls, each event is applied once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          batch: fc.array(fc.constantFrom("a.x", "a.y", "b"), { minLength: 1, maxLength: 5 }),
          crash: fc.constantFrom("none", "before projections", "after"),
        }),
        { maxLength: 8 },
      ),
      async (steps) => {
        const { journal, open, applied } = setUp();
        const wanted: number[] = [];
        let projections = open();
        await projections.catchUp();
        for (const { batch, crash } of steps) {
          const stored = await journal.append(batch.map(fact));
          wanted.push(...stored.filter(({ type }) => type !== "b").map(({ seq }) => seq));
          if (crash !== "before projections") await projections.apply(stored);
          if (crash === "none") continue;
          projections = open();
          await projections.catchUp();
        }
        expect(applied()).toEqual(wanted);
      },
    ),
    { numRuns: 50 },
  );
});

test("an event that can't be applied is reported and holds up no later one", async () => {
  const { journal, open, applied, failures } = setUp();
  const projections = open(2);
  await projections.catchUp();
  await new EventLog(journal, projections).append([fact("a"), fact("a.bad"), fact("a.good")]);
  expect(failures).toEqual([2]);
  expect(applied()).toEqual([3]);
});

test("a projection that could not be stored catches up at the next event", async () => {
  const { database, journal, open, applied } = setUp();
  const projections = open();
  await projections.catchUp();
  database.exec("ALTER TABLE applied RENAME TO away");
  await projections.apply(await journal.append([fact("a.one")]));
  database.exec("ALTER TABLE away RENAME TO applied");
  await projections.apply(await journal.append([fact("a.two")]));
  expect(applied()).toEqual([1, 2]);
});

test("a projection that can't store holds up no other, and what was taken back is forgotten", async () => {
  const { database, journal } = setUp();
  const done: string[] = [];
  const kept = (name: string) => ({
    name,
    types: ["a.*"],
    apply: ({ seq }: { seq: number }) => {
      done.push(`${name} ${seq}`);
      if (name === "bad") database.exec("INSERT INTO nowhere VALUES (1)");
    },
    forget: () => done.push(`${name} forgets`),
  });
  const all = [kept("good"), kept("bad")];
  const projections = new Projections(database, journal, all, () => {});
  await projections.catchUp();
  await projections.apply(await journal.append([fact("a.one")]));
  // Together first, then each by itself.
  expect(done).toEqual([
    ...["good 1", "bad 1", "good forgets", "bad forgets"],
    ...["good 1", "bad 1", "bad forgets"],
  ]);
  expect(projections.applied).toBe(0);
  done.length = 0;
  await projections.apply(await journal.append([fact("a.two")]));
  expect(done).toEqual(["good 2", "bad 1", "bad forgets"]);
});

test("a projection that narrows down what it follows is asked as each event's turn comes, in a batch and after a crash", async () => {
  const database = openDatabase(":memory:");
  const journal = new SqliteJournal(database);
  const open = () => {
    const applied: string[] = [];
    const isOpen = () => applied.includes("open") && !applied.includes("close");
    const follows = (type: string) => type === "open" || isOpen();
    const projection = {
      name: "test",
      types: ["*"],
      follows,
      apply: ({ type }: { type: string }) => void applied.push(type),
    };
    return { applied, projections: new Projections(database, journal, [projection], () => {}) };
  };
  const first = open();
  await first.projections.catchUp();
  const log = new EventLog(journal, first.projections);
  await log.append([fact("early")]);
  await log.append([fact("before"), fact("open"), fact("after")]);
  await log.append([fact("later"), fact("close"), fact("too late")]);
  expect(first.applied).toEqual(["open", "after", "later", "close"]);
  await journal.append([fact("missed"), fact("open"), fact("found")]);
  const second = open();
  await second.projections.catchUp();
  expect(second.applied).toEqual(["open", "found"]);
});

test("listeners hear of events after they are stored and applied, all of them, in order", async () => {
  const { journal, open, applied } = setUp();
  const projections = open();
  await projections.catchUp();
  const log = new EventLog(journal, projections);
  const heard: number[] = [];
  const stop = log.onAppended((events) => {
    expect(journal.head).toBeGreaterThanOrEqual(events.at(-1)!.seq);
    expect(applied()).toContain(events.at(-1)!.seq);
    heard.push(...events.map(({ seq }) => seq));
  });
  await Promise.all([log.append([fact("a.1"), fact("a.2")]), log.append([fact("a.3")])]);
  stop();
  stop();
  await log.append([fact("a.4")]);
  expect(heard).toEqual([1, 2, 3]);
});

test("a start does not search what no projection needs again, however rare their types are", async () => {
  const { journal, open } = setUp();
  const first = open();
  await first.catchUp();
  const log = new EventLog(journal, first);
  await log.append([fact("a.one")]);
  for (let i = 0; i < 5; i += 1) await log.append(Array.from({ length: 1000 }, () => fact("b")));
  // As after a crash: nothing was said at the end.
  const reads: number[] = [];
  const read = journal.read.bind(journal);
  journal.read = (options) => {
    reads.push(options.after);
    return read(options);
  };
  await open().catchUp();
  expect(reads.every((after) => after > 4000)).toBe(true);
});

test("what all have applied is known while one of them can't store", async () => {
  const { database, journal, open } = setUp();
  const projections = open();
  await projections.catchUp();
  const log = new EventLog(journal, projections);
  await log.append([fact("a.one"), fact("b.one")]);
  expect(projections.applied).toBe(2);
  database.exec("ALTER TABLE applied RENAME TO elsewhere");
  await log.append([fact("a.two"), fact("b.two")]);
  expect(projections.applied).toBe(1);
  database.exec("ALTER TABLE elsewhere RENAME TO applied");
  await log.append([fact("b.three")]);
  expect(projections.applied).toBe(5);
});
