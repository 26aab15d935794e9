import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Operation, operations, SignalboxError } from "@signalbox/contract";
import { text } from "@signalbox/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call, createHubWorld, fetchJson, StreamClient } from "../../fixtures/hub-world.ts";
import { openDatabase } from "../store/database.ts";
import { Idempotency, keyLifetime, maxRecords } from "./idempotency.ts";

const operation: Operation = operations["sessions.send_message"];
const other: Operation = operations["sessions.interrupt"];
const path = join(tmpdir(), `signalbox-idempotency-${randomUUID()}.db`);
let database: DatabaseSync;
let now: number;
let done: number;

beforeEach(() => {
  database = openDatabase(path);
  now = 1_000_000;
  done = 0;
});
afterEach(() => {
  database.close();
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
});

const open = () => new Idempotency(database, () => now);
const write = (key: string, input: unknown = { text: "hey" }) => ({ key, operation, input });
const work = async () => {
  done += 1;
  return { turnId: `turn ${done}` };
};
const failing = (code: string) => async (): Promise<never> => {
  done += 1;
  throw new SignalboxError(code, code);
};

test("a write under one key is done once, and answered as it was, also by the next process", async () => {
  const keys = open();
  expect(await keys.once(write("a"), work)).toEqual({ turnId: "turn 1" });
  expect(await keys.once(write("a"), work)).toEqual({ turnId: "turn 1" });
  expect(await open().once(write("a"), work)).toEqual({ turnId: "turn 1" });
  expect(await keys.once(write("b"), work)).toEqual({ turnId: "turn 2" });
});

test("a write sent again while it is under way waits for the same end", async () => {
  const keys = open();
  const gate = Promise.withResolvers<unknown>();
  const slow = () => {
    done += 1;
    return gate.promise;
  };
  const both = [keys.once(write("a"), slow), keys.once(write("a"), slow)];
  gate.resolve({ turnId: "the one" });
  expect(await Promise.all(both)).toEqual([{ turnId: "the one" }, { turnId: "the one" }]);
  expect(done).toBe(1);
});

test("the order of an input's fields is no other input, anything else is", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (fields, value) => {
      const keys = open();
      const key = randomUUID();
      const changed = { ...fields, "": [value, fields[""] ?? null] };
      void keys.once(write(key, fields), work);
      void keys.once(write(key, Object.fromEntries(Object.entries(fields).toReversed())), work);
      expect(() => keys.once(write(key, changed), work)).toThrow(
        expect.objectContaining({ code: "idempotency_conflict" }),
      );
    }),
    { numRuns: 50 },
  );
});

test("a key of another operation is refused by the name of that one", async () => {
  const keys = open();
  await keys.once(write("a"), work);
  expect(() => keys.once({ ...write("a"), operation: other }, work)).toThrow(
    /was used for sessions.send_message/,
  );
});

test("a write that surely did nothing leaves its key free", async () => {
  const keys = open();
  await expect(keys.once(write("a"), failing("session_busy"))).rejects.toThrow();
  expect(await keys.once(write("a"), work)).toEqual({ turnId: "turn 2" });
});

test.each(["outcome_unknown", "internal_error"])(
  "a write that ended with %s is never done again: its outcome is unknown",
  async (code) => {
    await expect(open().once(write("a"), failing(code))).rejects.toMatchObject({ code });
    expect(() => open().once(write("a"), work)).toThrow(
      expect.objectContaining({ code: "outcome_unknown" }),
    );
    expect(done).toBe(1);
  },
);

test("a write that was begun when its process died is never done again: its outcome is unknown", async () => {
  void open().once(write("a"), () => new Promise(() => {}));
  expect(() => open().once(write("a"), work)).toThrow(
    expect.objectContaining({ code: "outcome_unknown" }),
  );
});

test("a database that can't be written refuses a write before it is begun, and hides no failure of one", async () => {
  const keys = open();
  const full = () => database.exec("PRAGMA query_only = ON");
  const failure = new SignalboxError("session_busy", "busy");
  const failingOnFullDisk = async (): Promise<never> => {
    full();
    throw failure;
  };
  await expect(keys.once(write("a"), failingOnFullDisk)).rejects.toBe(failure);
  expect(() => keys.once(write("b"), work)).toThrow(
    expect.objectContaining({ code: "storage_unavailable" }),
  );
  expect(done).toBe(0);
});

describe("keys", () => {
  test.each(["", "a b", "ä", "x".repeat(256)])("that can't be one are refused: %j", (key) => {
    expect(() => open().once(write(key), work)).toThrow(
      expect.objectContaining({ code: "invalid_request" }),
    );
  });

  test("of 255 characters are taken, remembered for a day and no longer", async () => {
    const key = "x".repeat(255);
    await open().once(write(key), work);
    now += keyLifetime;
    expect(await open().once(write(key), work)).toEqual({ turnId: "turn 1" });
    now += 1;
    expect(await open().once(write(key), work)).toEqual({ turnId: "turn 2" });
  });

  test("beyond the newest 10,000 are forgotten", async () => {
    const keys = open();
    for (let n = 0; n < maxRecords; n++, now++) await keys.once(write(`${n}`), work);
    expect(await keys.once(write("0"), work)).toEqual({ turnId: "turn 1" });
    await keys.once(write("one-more"), work);
    expect(await keys.once(write("1"), work)).toEqual({ turnId: "turn 2" });
    expect(await keys.once(write("0"), work)).toEqual({ turnId: `turn ${maxRecords + 2}` });
  });
});

test("a message sent twice under one key starts one turn of the real codex, before and after a restart", async () => {
  await using world = await createHubWorld();
  world.model.respond(() => text("Once."));
  const { session } = await call(world.hub, operations["sessions.create"], {});
  const { sessionId } = session;
  const send = async (what: string) => {
    const { status, body } = await fetchJson(world.hub, `/api/sessions/${sessionId}/messages`, {
      method: "POST",
      headers: { "idempotency-key": "k1" },
      body: JSON.stringify({ text: what }),
    });
    return [status, body];
  };
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  const [first, second] = await Promise.all([send("hey"), send("hey")]);
  expect(first).toEqual([202, expect.objectContaining({ status: "accepted" })]);
  expect(second).toEqual(first);
  await stream.event("app_server.turn.started");
  await world.restart();
  expect(await send("hey")).toEqual(first);
  expect(await send("other")).toEqual([
    409,
    expect.objectContaining({ code: "idempotency_conflict" }),
  ]);
  const health = await call(world.hub, operations["system.health"], {});
  const started = `/api/events?after=${health.journal.epoch}:0&types=app_server.turn.started`;
  expect((await fetchJson(world.hub, started)).body).toMatchObject({
    data: [{ threadId: sessionId }],
  });
}, 60_000);
