import fc from "fast-check";
import { expect, test } from "vitest";
import {
  itemIdOf,
  type Message,
  serverNotifications,
  serverRequests,
  threadIdOf,
  turnIdOf,
} from "./index.ts";
import type { IdPlace } from "./method-row.ts";

const known = { ...serverNotifications, ...serverRequests };
const methods = Object.keys(known) as (keyof typeof known)[];
const readers = { threadId: threadIdOf, turnId: turnIdOf, itemId: itemIdOf };

test.each(methods)("the ids of %s are read where the table says", (method) => {
  const row = known[method];
  for (const [id, read] of Object.entries(readers)) {
    const place: IdPlace | null = row[id as keyof typeof readers];
    const everyPlace = { threadId: "wrong", turnId: "wrong", itemId: "wrong" };
    const params = { ...everyPlace, ...(place === null ? {} : at(place, "the-id")) };
    expect(read({ method, params })).toBe(place === null ? undefined : "the-id");
    if (place !== null) expect(read({ method, params: at(place, null) })).toBeUndefined();
  }
});

test("the turn of turn/started is its own id and the thread of thread/started is its own", () => {
  const started = { method: "turn/started", params: { threadId: "t", turn: { id: "u" } } };
  expect([threadIdOf(started), turnIdOf(started)]).toEqual(["t", "u"]);
  expect(threadIdOf({ method: "thread/started", params: { thread: { id: "t" } } })).toBe("t");
});

test("a resolved server request names its thread and no turn", () => {
  const message = { method: "serverRequest/resolved", params: { threadId: "t", requestId: 0 } };
  expect([threadIdOf(message), turnIdOf(message)]).toEqual(["t", undefined]);
});

test("an unknown method is read by the shape of its params", () => {
  const method = "of/tomorrow";
  expect(threadIdOf({ method, params: { threadId: "t", thread: { id: "x" } } })).toBe("t");
  expect(threadIdOf({ method, params: { conversationId: "t" } })).toBe("t");
  expect(threadIdOf({ method, params: { threadId: null, thread: { id: "t" } } })).toBe("t");
  expect(turnIdOf({ method, params: { turnId: "u" } })).toBe("u");
  expect(turnIdOf({ method, params: { turn: { id: "u" } } })).toBe("u");
  expect(itemIdOf({ method, params: { itemId: "i" } })).toBe("i");
  expect(itemIdOf({ method, params: { callId: "i" } })).toBe("i");
  expect(itemIdOf({ method, params: { item: { id: "i" } } })).toBe("i");
});

test("what is not a non-empty string is no id", () => {
  for (const threadId of ["", 7, {}, null, ["t"]]) {
    expect(threadIdOf({ method: "item/started", params: { threadId } })).toBeUndefined();
    expect(threadIdOf({ method: "of/tomorrow", params: { threadId } })).toBeUndefined();
  }
});

test("a method named like a property of every object is an unknown one", () => {
  for (const method of ["__proto__", "constructor", "toString"]) {
    expect(threadIdOf({ method, params: { threadId: "t" } })).toBe("t");
  }
});

test("whatever the input, the answer is a non-empty string or undefined and nothing is thrown", () => {
  const method = fc.oneof(fc.constantFrom<string>(...methods), fc.string(), fc.anything());
  const id = fc.oneof(fc.string(), fc.anything());
  const inside = fc.oneof(fc.record({ id }, { requiredKeys: [] }), fc.anything());
  const params = fc.record(
    { threadId: id, conversationId: id, thread: inside, turnId: id, turn: inside, item: inside },
    { requiredKeys: [] },
  );
  const message = fc.record({ method, params: fc.oneof(params, fc.anything()) });
  fc.assert(
    fc.property(fc.oneof(message, fc.anything()), (input) => {
      for (const read of Object.values(readers)) {
        const answer = read(input as Message);
        expect(answer === undefined || (typeof answer === "string" && answer !== "")).toBe(true);
      }
    }),
  );
});

test("a getter that throws counts as absent", () => {
  const params = {
    get threadId(): string {
      throw new Error("hostile");
    },
  };
  expect(threadIdOf({ method: "item/started", params })).toBeUndefined();
});

function at(place: IdPlace, id: string | null): object {
  const [outer, inner] = place.at.split(".") as [string, string | undefined];
  return { [outer]: inner === undefined ? id : { [inner]: id } };
}
