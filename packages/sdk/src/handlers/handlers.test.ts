import type { StreamEvent } from "@signalbox/contract";
import { describe, expect, it } from "vitest";
import { EventRouter } from "../router/event-router.ts";
import type { HandlerFailure } from "../router/route.ts";
import { Handlers } from "./handlers.ts";

function registry() {
  const changes: (readonly string[])[] = [];
  const router = new EventRouter({
    handlerDeadline: 1_000,
    onHandlerError: ({ error }) => {
      throw error;
    },
  });
  const handlers = new Handlers(router);
  handlers.onTypesChanged(() => changes.push(handlers.types));
  const dispatch = (event: Partial<StreamEvent>) =>
    router.dispatch(
      { type: "x", threadId: null, payload: {}, seq: 1, at: 0, ...event },
      { signal: new AbortController().signal, cursor: "e:1", threadId: null, reconnects: 0 },
    );
  return { handlers, dispatch, changes };
}

/** Registrations are announced in a microtask. */
const announced = () => Promise.resolve();

describe("Handlers", () => {
  it("matches exact types, prefixes, and signals by name without stray dots", async () => {
    const { handlers, dispatch } = registry();
    const seen: string[] = [];
    handlers.onEvent("session.created", () => seen.push("exact"));
    handlers.onEventPrefix("session.", () => seen.push("prefix"));
    handlers.onEventPrefix("", () => seen.push("all"));
    handlers.onAppServer(".item.started.", (signal) => seen.push(signal.method));
    await dispatch({ type: "session.created" });
    await dispatch({ type: "session.created.later" });
    await dispatch({
      type: "app_server.item.started",
      payload: { signalType: "notification", method: "item/started" },
    });
    expect(seen).toEqual(["exact", "prefix", "all", "prefix", "all", "all", "item/started"]);
  });

  it("keeps a notification and a request of the same event type apart", async () => {
    const { handlers, dispatch } = registry();
    const seen: string[] = [];
    handlers.onAppServer("request.foo", () => seen.push("notification"));
    handlers.onAppServerRequest("foo", () => seen.push("request"));
    const type = "app_server.request.foo";
    await dispatch({ type, payload: { signalType: "notification" } });
    await dispatch({ type, payload: { signalType: "request" } });
    expect(seen).toEqual(["notification", "request"]);
  });

  it("says which types are needed, once for several changes, and not when nothing changed", async () => {
    const { handlers, changes } = registry();
    handlers.onEvent("a.b", () => undefined);
    const remove = handlers.onEventPrefix("a.", () => undefined);
    handlers.onAppServerRequest("item.tool.call", () => undefined);
    expect(handlers.types).toEqual(["a.*", "app_server.request.item.tool.call"]);
    await announced();
    handlers.onEvent("a.b", () => undefined);
    await announced();
    remove();
    remove();
    await announced();
    expect(changes).toEqual([
      ["a.*", "app_server.request.item.tool.call"],
      ["a.b", "app_server.request.item.tool.call"],
    ]);
  });

  it("refuses at registration what the hub would refuse as a filter", () => {
    const { handlers } = registry();
    for (const type of ["", "session.*", "two words", "a,b", "x".repeat(300)]) {
      expect(() => handlers.onEvent(type, () => undefined)).toThrow(/no event type/);
    }
    expect(() => handlers.onEventPrefix("session.*", () => undefined)).toThrow(/no event type/);
  });

  it("refuses control frames by name, and says where they are told of", () => {
    const { handlers } = registry();
    for (const type of ["ready", "pong", "error", "subscribed", "gap"]) {
      expect(() => handlers.onEvent(type, () => undefined)).toThrow(
        /control frame.*onControlFrame/,
      );
    }
    handlers.onAppServer("error", () => undefined);
    handlers.onEventPrefix("error", () => undefined);
    expect(handlers.types).toEqual(["app_server.error", "error*"]);
  });

  it("calls what onTurn and onTurnStarted name: the turn itself, and every item", async () => {
    const { handlers, dispatch } = registry();
    const seen: string[] = [];
    handlers.onTurn("started", ({ method }) => seen.push(method));
    handlers.onTurn("completed", ({ method }) => seen.push(method));
    handlers.onTurnStarted(({ type }) => seen.push(type));
    for (const name of ["turn.started", "item.started", "item.started", "turn.completed"]) {
      await dispatch({
        type: `app_server.${name}`,
        payload: { signalType: "notification", method: name.replace(".", "/") },
      });
    }
    const item = "app_server.item.started";
    expect(seen).toEqual(["turn/started", item, item, "turn/completed"]);
  });

  it("turns a promise from a handler into a failure that names the other mode, where handlers are sync", async () => {
    const failures: HandlerFailure[] = [];
    const router = new EventRouter({
      handlerDeadline: 1_000,
      onHandlerError: (failure) => failures.push(failure),
    });
    const handlers = new Handlers<"sync">(router, "sync");
    const seen: string[] = [];
    const slipped = (async () => {
      throw new Error("rejects later, and harms nobody");
    }) as unknown as () => undefined;
    handlers.onEvent("x", slipped);
    handlers.onEvent("x", () => seen.push("next"));
    await router.dispatch(
      { type: "x", threadId: null, payload: {}, seq: 1, at: 0 },
      { signal: new AbortController().signal, cursor: "e:1", threadId: null, reconnects: 0 },
    );
    expect(seen).toEqual(["next"]);
    expect(failures).toMatchObject([
      { reason: "threw", handler: 'onEvent("x")', error: { code: "async_handler" } },
    ]);
    expect(String(failures[0]?.error)).toMatch(/handlers: "sync".*async mode/);
  });

  it("refuses the older decorators, which know no objects", () => {
    const { handlers } = registry();
    const decorate = handlers.onEvent("x") as unknown as (target: object, name: string) => void;
    expect(() => decorate({}, "method")).toThrow(/experimentalDecorators/);
  });
});
