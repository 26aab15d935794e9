import type { OpenRequest, SessionSummary, StreamEvent } from "@signalbox/contract";
import type { DynamicToolCallParams, JsonValue, ThreadItem, Turn } from "@signalbox/protocol";
import { describe, expectTypeOf, it } from "vitest";
import type WebSocket from "ws";
import { z } from "zod";
import { Signalbox } from "../signalbox.ts";
import type { WebSocketConstructor } from "../stream/web-socket.ts";

const box = new Signalbox({ url: "http://127.0.0.1:1", token: "t" });

describe("the types of what handlers get", () => {
  it("gives a known notification its params", () => {
    box.onAppServer("item.started", (signal) => {
      expectTypeOf(signal.params.item).toEqualTypeOf<ThreadItem>();
      expectTypeOf(signal.method).toEqualTypeOf<"item/started">();
      expectTypeOf(signal.params).not.toBeAny();
    });
    box.onTurn("started", (signal) => {
      expectTypeOf(signal.params.turn).toEqualTypeOf<Turn>();
    });
  });

  it("gives a known request its params and its id", () => {
    box.onAppServerRequest("item.tool.call", (signal) => {
      expectTypeOf(signal.params).toEqualTypeOf<DynamicToolCallParams>();
      expectTypeOf(signal.params.arguments).toEqualTypeOf<JsonValue>();
      expectTypeOf(signal.requestId).toBeString();
    });
  });

  it("gives an unknown name, or one that is only known as text, unknown params", () => {
    box.onAppServer("item.of_next_year", (signal) => {
      expectTypeOf(signal.params).toBeUnknown();
    });
    const name: string = "item.started";
    box.onAppServer(name, (signal) => {
      expectTypeOf(signal.params).toBeUnknown();
    });
    box.onAppServerRequest("request.of_next_year", (signal) => {
      expectTypeOf(signal.params).toBeUnknown();
    });
  });

  it("types the payload of the hub's own events, of views and of signals, and of nothing else", () => {
    box.onEvent("session.created", (event) => {
      expectTypeOf(event.payload.session).toEqualTypeOf<SessionSummary>();
    });
    box.onEvent("request.opened", (event) => {
      expectTypeOf(event.payload).toEqualTypeOf<OpenRequest>();
    });
    box.onEvent("tool_call_requested", (event) => {
      expectTypeOf(event.payload.tool).toBeString();
    });
    box.onEvent("app_server.item.completed", (event) => {
      expectTypeOf(event.payload.params.item).toEqualTypeOf<ThreadItem>();
    });
    box.onEvent("app_server.request.item.tool.call", (event) => {
      expectTypeOf(event.payload.params).toEqualTypeOf<DynamicToolCallParams>();
    });
    box.onEvent("something.else", (event) => {
      expectTypeOf(event.payload).toBeUnknown();
    });
    box.onEventPrefix("session.", (event) => {
      expectTypeOf(event).toEqualTypeOf<StreamEvent>();
      expectTypeOf(event.payload).toBeUnknown();
    });
    box.onTurnStarted((event) => {
      expectTypeOf(event.payload.params.item).toEqualTypeOf<ThreadItem>();
    });
  });

  it("derives the methods from the contract's operations", () => {
    type SendMessage = typeof box.sessions.sendMessage;
    expectTypeOf<Parameters<SendMessage>[0]["text"]>().toBeString();
    expectTypeOf<Awaited<ReturnType<SendMessage>>["turnId"]>().toBeString();
    expectTypeOf(box.system.health).toBeCallableWith();
    // @ts-expect-error a message needs a text
    void ((): unknown => box.sessions.sendMessage({ sessionId: "s" }));
  });

  it("offers every group of operations as a property of the client", () => {
    type Missing = Exclude<keyof import("../call/methods.ts").Methods, keyof Signalbox>;
    expectTypeOf<Missing>().toBeNever();
  });

  it("gives a skill's handler what its schema gives out", () => {
    void ((): unknown =>
      box.remoteSkills.createSession({
        register(skills) {
          skills.skill(
            { name: "a", description: "a", input: z.object({ n: z.string().transform(Number) }) },
            (input) => expectTypeOf(input).toEqualTypeOf<{ n: number }>(),
          );
          skills.skill({ name: "b", description: "b", input: { type: "object" } }, (input) =>
            expectTypeOf(input).toEqualTypeOf<Readonly<Record<string, unknown>>>(),
          );
        },
      }));
  });

  it("refuses an async handler where the client was made for sync ones", () => {
    const sync = new Signalbox({ url: "http://127.0.0.1:1", token: "t", handlers: "sync" });
    expectTypeOf(sync).toEqualTypeOf<Signalbox<"sync">>();
    expectTypeOf(box).toEqualTypeOf<Signalbox<"async">>();
    sync.onEvent("session.created", ({ payload }) => {
      expectTypeOf(payload.session).toEqualTypeOf<SessionSummary>();
    });
    const titles: string[] = [];
    sync.onEvent("a", () => titles.push("number"));
    sync.onEvent("a", () => ({ an: "object" }));
    sync.onEvent("a", (): void => undefined);
    // @ts-expect-error an async function
    sync.onEvent("a", async () => undefined);
    // @ts-expect-error a function that returns a promise
    sync.onEventPrefix("a", () => Promise.resolve());
    // @ts-expect-error an async function for a signal
    sync.onAppServer("item.started", async (signal) => signal.method);
    // @ts-expect-error an async function for a question
    sync.onAppServerRequest("item.tool.call", async () => undefined);
    // @ts-expect-error an async function for a turn
    sync.onTurn("started", async () => undefined);
    // @ts-expect-error something else that can be awaited
    sync.onTurnStarted((): PromiseLike<void> => Promise.resolve());
  });

  it("takes the global WebSocket and that of the ws package", () => {
    expectTypeOf<typeof globalThis.WebSocket>().toExtend<WebSocketConstructor>();
    expectTypeOf<typeof WebSocket>().toExtend<WebSocketConstructor>();
  });
});
