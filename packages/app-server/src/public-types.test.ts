import type {
  AnswerOf,
  ClientMethod,
  ParamsOf,
  RequestParams,
  ResultOf,
  ServerRequestMethod,
  ThreadItem,
  Turn as WireTurn,
} from "@signalbox/protocol";
import { describe, expectTypeOf, test } from "vitest";
import type {
  AppServerClient,
  Codex,
  ErrorCode,
  FeedEvent,
  Input,
  Message,
  RequestHandler,
  SessionEvent,
  Thread,
  ThreadOptions,
  Turn,
  TurnOptions,
  TurnResult,
} from "./index.ts";

declare const client: AppServerClient;
declare const codex: Codex;
declare const thread: Thread;
declare const turn: Turn;

/** Never runs: only its types count. */
const only = (_: () => unknown) => {};

describe("requests", () => {
  test("take the params of their method and give its result, none of them any", () => {
    only(async () => {
      const list = await client.request("thread/list", { limit: 3 });
      expectTypeOf(list).toEqualTypeOf<ResultOf<"thread/list">>();
      expectTypeOf(list.data).not.toBeAny();
      expectTypeOf(list.data[0]?.id).toEqualTypeOf<string | undefined>();
      // @ts-expect-error thread/read wants a threadId
      await client.request("thread/read", {});
      // @ts-expect-error a limit is a number
      await client.request("thread/list", { limit: "3" });
      // @ts-expect-error there is no such method
      await client.request("thread/fly", {});
    });
    expectTypeOf<ParamsOf<ClientMethod>>().not.toBeAny();
    expectTypeOf<ResultOf<ClientMethod>>().not.toBeAny();
    expectTypeOf<ParamsOf<"turn/start">["input"]>().not.toBeAny();
  });

  test("of every method have params and a result that are not any", () => {
    type IsAny<T> = 0 extends 1 & T ? true : false;
    type AnyParams = {
      [M in ClientMethod]: IsAny<ParamsOf<M>> extends true ? M : never;
    }[ClientMethod];
    type AnyResult = {
      [M in ClientMethod]: IsAny<ResultOf<M>> extends true ? M : never;
    }[ClientMethod];
    expectTypeOf<AnyParams>().toEqualTypeOf<never>();
    expectTypeOf<AnyResult>().toEqualTypeOf<never>();
  });
});

describe("request handlers", () => {
  test("get the params of their kind and must give its answer", () => {
    only(() =>
      codex.onRequest("item/commandExecution/requestApproval", (params, context) => {
        expectTypeOf(params).toEqualTypeOf<
          RequestParams<"item/commandExecution/requestApproval">
        >();
        expectTypeOf(params).not.toBeAny();
        expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
        expectTypeOf(context.turnId).toEqualTypeOf<string | undefined>();
        return { decision: "decline" };
      }),
    );
    only(() =>
      thread.onRequest("item/tool/call", async () => ({ success: true, contentItems: [] })),
    );
    // @ts-expect-error a tool call is not answered with a decision
    only(() => codex.onRequest("item/tool/call", () => ({ decision: "accept" })));
    // @ts-expect-error "yes" is no decision
    only(() => codex.onRequest("item/fileChange/requestApproval", () => ({ decision: "yes" })));
    // @ts-expect-error there is no such question
    only(() => codex.onRequest("item/future/ask", () => ({})));
    expectTypeOf<Codex["onRequest"]>().returns.toEqualTypeOf<() => void>();
  });

  test("of every kind have params and an answer that are not any", () => {
    type IsAny<T> = 0 extends 1 & T ? true : false;
    type Bad = {
      [M in ServerRequestMethod]: IsAny<RequestParams<M>> extends true
        ? M
        : IsAny<AnswerOf<M>> extends true
          ? M
          : never;
    }[ServerRequestMethod];
    expectTypeOf<Bad>().toEqualTypeOf<never>();
    expectTypeOf<RequestHandler<"item/tool/call">>()
      .parameter(0)
      .toEqualTypeOf<RequestParams<"item/tool/call">>();
  });
});

describe("events", () => {
  test("of a turn narrow by their method", () => {
    only(async () => {
      for await (const message of turn) {
        expectTypeOf(message).toEqualTypeOf<Message>();
        if (message.method === "item/agentMessage/delta")
          expectTypeOf(message.params.delta).toEqualTypeOf<string>();
        if (message.method === "item/completed")
          expectTypeOf(message.params.item).toEqualTypeOf<ThreadItem>();
        if (message.method === "turn/completed") {
          expectTypeOf(message.params.turn).toEqualTypeOf<WireTurn>();
          expectTypeOf(message.recovered).toEqualTypeOf<true | undefined>();
        }
        if (message.method === "item/tool/call") {
          expectTypeOf(message.id).toEqualTypeOf<string | number>();
          expectTypeOf(message.params.tool).toEqualTypeOf<string>();
        }
      }
    });
    expectTypeOf<Message>().not.toBeAny();
    expectTypeOf<Message["params"]>().not.toBeAny();
  });

  test("of a turn's text are strings", () => {
    expectTypeOf<Turn["text"]>().returns.toEqualTypeOf<AsyncGenerator<string, undefined>>();
  });

  test("of a session narrow by their type", () => {
    only((event: SessionEvent = {} as SessionEvent) => {
      if (event.type === "turn.failed")
        expectTypeOf(event.message).toEqualTypeOf<string | undefined>();
      if (event.type === "item.completed") expectTypeOf(event.item).toEqualTypeOf<ThreadItem>();
      if (event.type === "session.waiting") expectTypeOf(event.flags).items.toBeString();
      expectTypeOf(event.threadId).toEqualTypeOf<string>();
    });
  });

  test("of a feed narrow by their type and state", () => {
    only((event: FeedEvent = {} as FeedEvent) => {
      if (event.type === "request") expectTypeOf(event.message.id).toEqualTypeOf<string | number>();
      if (event.type === "runtime" && event.state === "exited")
        expectTypeOf(event.error.code).toEqualTypeOf<ErrorCode>();
      if (event.type === "runtime" && event.state === "started")
        expectTypeOf(event.info.version).toEqualTypeOf<string | undefined>();
    });
  });
});

describe("threads and turns", () => {
  test("take text, parts and overrides by their wire names, and refuse others", () => {
    only(() => thread.run("text", { model: "m", effort: "high", whenBusy: "steer" }));
    only(() =>
      thread.run([
        { type: "text", text: "a" },
        { type: "localImage", path: "/a.png" },
      ]),
    );
    // @ts-expect-error an image has a url or a file
    only(() => thread.run({ type: "localImage" }));
    // @ts-expect-error there is no such way to be busy
    only(() => thread.run("a", { whenBusy: "overtake" }));
    // @ts-expect-error the thread's own id can't be overridden
    only(() => thread.run("a", { threadId: "t" }));
    expectTypeOf<Input>().not.toBeAny();
    expectTypeOf<TurnOptions>().not.toBeAny();
    expectTypeOf<ThreadOptions>().toEqualTypeOf<NonNullable<ParamsOf<"thread/start">>>();
  });

  test("give results without any", () => {
    expectTypeOf<Thread["run"]>().returns.resolves.toEqualTypeOf<TurnResult>();
    expectTypeOf<TurnResult["items"]>().toEqualTypeOf<ThreadItem[]>();
    expectTypeOf<TurnResult["text"]>().toEqualTypeOf<string | null>();
    expectTypeOf<TurnResult["usage"]>().not.toBeAny();
  });
});
