import { expect, test } from "vitest";
import { AppServerError } from "../errors.ts";
import type { Message } from "./message.ts";
import type { TurnRecord } from "./turn-record.ts";
import { TurnRegistry } from "./turn-registry.ts";

const item = (turnId: string, id = "i", threadId = "t") =>
  ({
    method: "item/completed",
    params: { threadId, turnId, item: { id, type: "plan" } },
  }) as Message;
const end = (turnId: string, status = "completed", threadId = "t") =>
  ({ method: "turn/completed", params: { threadId, turn: { id: turnId, status } } }) as Message;

function deliver(turns: TurnRegistry, turnId: string, ...messages: Message[]): void {
  for (const message of messages) turns.deliver(turnId, message, 1);
}

const idsOf = (record: TurnRecord) => record.items.map(({ id }) => id);

test("a turn that came, ran and ended before its starter knew its id is handed over whole", async () => {
  const turns = new TurnRegistry();
  const reservation = turns.reserve("t");
  deliver(turns, "one", item("one", "a"), item("one", "b"), end("one"), item("one", "late"));
  const record = reservation.attach("one");
  expect(idsOf(record)).toEqual(["a", "b", "late"]);
  expect(await record.ended).toMatchObject({ id: "one", status: "completed" });
  expect(turns.size).toBe(0);
});

test("another turn of the reserved thread is dropped when the starter takes its own", () => {
  const turns = new TurnRegistry();
  const reservation = turns.reserve("t");
  deliver(turns, "other", item("other"));
  reservation.attach("mine");
  expect(turns.openTurns.map(({ turnId }) => turnId)).toEqual(["mine"]);
  expect(turns.size).toBe(1);
});

test("of two starts on one thread, the end of one reservation keeps what the other may need", () => {
  const turns = new TurnRegistry();
  const [first, second] = [turns.reserve("t"), turns.reserve("t")];
  deliver(turns, "one", item("one", "a"));
  deliver(turns, "two", item("two", "b"));
  expect(idsOf(first.attach("one"))).toEqual(["a"]);
  expect(idsOf(second.attach("two"))).toEqual(["b"]);
});

test("a reservation ends once: attaching or releasing again changes nothing", () => {
  const turns = new TurnRegistry();
  const [first, second] = [turns.reserve("t"), turns.reserve("t")];
  const record = first.attach("one");
  expect(first.attach("another")).toBe(record);
  first.release();
  first.release();
  deliver(turns, "two", item("two", "a"));
  expect(idsOf(second.attach("two"))).toEqual(["a"]);
});

test("turns that appear on a reserved thread without end are recorded up to a bound, the newest ones", () => {
  const turns = new TurnRegistry();
  const reservation = turns.reserve("t");
  for (let n = 0; n < 1_000; n++) deliver(turns, `turn-${n}`, item(`turn-${n}`));
  expect(turns.size).toBeLessThanOrEqual(16);
  expect(idsOf(reservation.attach("turn-999"))).toEqual(["i"]);
  expect(turns.size).toBe(1);
});

function finish(turns: TurnRegistry, turnId: string): TurnRecord {
  const record = turns.watch("t", turnId);
  deliver(turns, turnId, end(turnId));
  return record;
}

test("a finished turn that nobody reads gets what comes late until 64 others have finished after it", () => {
  const turns = new TurnRegistry();
  const record = finish(turns, "one");
  for (let n = 1; n < 64; n++) finish(turns, `other-${n}`);
  deliver(turns, "one", item("one", "late"));
  expect(idsOf(record)).toEqual(["late"]);
  expect(turns.watch("t", "one")).toBe(record);
  finish(turns, "other-64");
  deliver(turns, "one", item("one", "too-late"));
  expect(idsOf(record)).toEqual(["late"]);
  expect(turns.size).toBe(0);
});

test("a finished turn that is read gets what comes late, until 1,024 others that are read have finished after it", async () => {
  const turns = new TurnRegistry();
  const record = finish(turns, "one");
  await using late = record.open({ late: true });
  for (let n = 1; n < 1_024; n++) finish(turns, `other-${n}`).open({ late: true });
  deliver(turns, "one", item("one", "late"));
  expect((await late.take())?.map(({ method }) => method)).toEqual([
    "turn/completed",
    "item/completed",
  ]);
  finish(turns, "other-1024").open({ late: true });
  deliver(turns, "one", item("one", "too-late"));
  expect(await late.take()).toBeUndefined();
});

test("a second end is not the turn's end", async () => {
  const turns = new TurnRegistry();
  const record = turns.watch("t", "one");
  deliver(turns, "one", end("one"), end("one", "failed"));
  expect(record.turn?.status).toBe("completed");
  expect(await record.ended).toMatchObject({ status: "completed" });
});

test("when all fails, turns that run, that are being started and that are asked for later get the first error; finished ones stay finished", async () => {
  const turns = new TurnRegistry();
  const gone = new AppServerError("transport_closed", "gone");
  const running = turns.watch("t", "running");
  const finished = turns.watch("t", "finished");
  deliver(turns, "finished", end("finished"));
  const [seen, unseen] = [turns.reserve("t"), turns.reserve("t")];
  deliver(turns, "seen", item("seen"));
  turns.failAll(gone);
  turns.failAll(new AppServerError("client_closed", "closed afterwards"));
  deliver(turns, "running", end("running"));
  const records = [
    running,
    seen.attach("seen"),
    unseen.attach("unseen"),
    turns.watch("t", "later"),
  ];
  for (const record of records) {
    await expect(record.ended).rejects.toBe(gone);
    const stream = record.open();
    if (record.turnId === "seen")
      expect(await stream.next()).toMatchObject({ value: { method: "item/completed" } });
    await expect(stream.next()).rejects.toBe(gone);
    expect(record.isOver).toBe(true);
  }
  expect(await finished.ended).toMatchObject({ id: "finished" });
  expect((await finished.open().next()).value?.method).toBe("turn/completed");
  expect(turns.size).toBe(0);
});

test("a turn that had ended before all failed has ended for a starter that learns of it only then", async () => {
  const turns = new TurnRegistry();
  const reservation = turns.reserve("t");
  deliver(turns, "one", item("one"), end("one"));
  turns.failAll(new AppServerError("transport_closed", "gone"));
  const record = reservation.attach("one");
  expect(await record.ended).toMatchObject({ status: "completed" });
  expect(idsOf(record)).toEqual(["i"]);
  expect(turns.size).toBe(0);
});
