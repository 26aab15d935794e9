import { type ServerRequestMethod, serverNotifications, serverRequests } from "@signalbox/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message } from "../router/message.ts";
import { requestKind, toSessionEvents } from "./session-event.ts";

const facts = (message: object) => toSessionEvents(message as Message);
const turn = (status: string, error: object | null = null) => ({
  method: "turn/completed",
  params: { threadId: "t", turn: { id: "u", status, error } },
});

describe("the facts in a message", () => {
  test("tell how a turn ended by its status alone: only completed is a success", () => {
    expect(facts(turn("completed"))).toMatchObject([{ type: "turn.completed", turnId: "u" }]);
    expect(facts(turn("interrupted"))).toMatchObject([{ type: "turn.interrupted", turnId: "u" }]);
    expect(facts(turn("failed", { message: "no" }))).toMatchObject([
      { type: "turn.failed", turnId: "u", message: "no" },
    ]);
    expect(facts(turn("someday"))).toMatchObject([{ type: "turn.failed", message: undefined }]);
  });

  test("tell a thread's state by its type alone: active without flags is running, and an unknown one is not idle", () => {
    const status = (value: object) =>
      facts({ method: "thread/status/changed", params: { threadId: "t", status: value } }).map(
        ({ type }) => type,
      );
    expect(status({ type: "active", activeFlags: [] })).toEqual(["session.running"]);
    expect(status({ type: "active", activeFlags: ["waitingOnUserInput"] })).toEqual([
      "session.waiting",
    ]);
    expect(status({ type: "idle" })).toEqual(["session.idle"]);
    expect(status({ type: "notLoaded" })).toEqual(["session.unloaded"]);
    expect(status({ type: "systemError" })).toEqual(["session.error"]);
    expect(status({ type: "someday" })).toEqual([]);
  });

  test("tell of a question its kind, its method, its id as it stood on the wire, and its item", () => {
    expect(
      facts({
        id: "7",
        method: "item/fileChange/requestApproval",
        params: { threadId: "t", turnId: "u", itemId: "i" },
      }),
    ).toEqual([
      {
        threadId: "t",
        type: "request.opened",
        turnId: "u",
        requestId: "7",
        kind: "file_change_approval",
        method: "item/fileChange/requestApproval",
        itemId: "i",
      },
    ]);
    expect(
      facts({ method: "serverRequest/resolved", params: { threadId: "t", requestId: 0 } }),
    ).toEqual([{ threadId: "t", type: "request.resolved", requestId: 0 }]);
  });

  test("are none where no thread is named, or nothing is known of the method", () => {
    expect(facts({ method: "account/updated", params: {} })).toEqual([]);
    expect(facts({ method: "future/thing", params: { threadId: "t" } })).toEqual([]);
    expect(facts({ id: 1, method: "item/tool/call", params: {} })).toEqual([]);
  });

  test("never throw, whatever a payload looks like", () => {
    const method = fc.constantFrom(
      ...Object.keys(serverNotifications),
      ...Object.keys(serverRequests),
    );
    const field = fc.oneof(fc.jsonValue(), fc.record({ id: fc.jsonValue(), type: fc.jsonValue() }));
    const params = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          threadId: fc.constantFrom("t", null, 7),
          turn: field,
          status: field,
          item: field,
          turnId: field,
          goal: field,
        },
        { requiredKeys: [] },
      ),
    );
    const id = fc.option(fc.nat(), { nil: undefined });
    fc.assert(
      fc.property(method, params, id, (name, value, requestId) => {
        for (const fact of facts({
          ...(requestId === undefined ? {} : { id: requestId }),
          method: name,
          params: value,
        }))
          expect(fact.threadId).toBe("t");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the kind of a question", () => {
  test("is known for every one of the protocol's", () => {
    for (const method of Object.keys(serverRequests) as ServerRequestMethod[])
      expect(requestKind(method)).not.toBe("unknown");
  });

  test("is unknown for any other, whatever its name", () => {
    for (const method of ["future/ask", "toString", "__proto__", ""])
      expect(requestKind(method)).toBe("unknown");
  });
});
