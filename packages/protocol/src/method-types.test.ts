import { expectTypeOf, test } from "vitest";
import type * as experimental from "./generated/experimental/index.ts";
import type { v2 } from "./generated/experimental/index.ts";
import type * as stable from "./generated/stable/index.ts";
import type {
  AnswerOf,
  ClientMethod,
  clientRequests,
  NoParams,
  NotificationParams,
  ParamsOf,
  RequestId,
  RequestParams,
  ResultOf,
  ServerNotification,
  ServerNotificationMethod,
  ServerRequest,
  ServerRequestMethod,
  serverNotifications,
  serverRequests,
  ThreadItem,
  Turn,
} from "./index.ts";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type IsAny<T> = 0 extends 1 & T ? true : false;
type MemberParams<U, M> = U extends { method: M; params?: infer P } ? P : never;

test("the tables and the generated unions have the same methods", () => {
  expectTypeOf<ClientMethod>().toEqualTypeOf<experimental.ClientRequest["method"]>();
  expectTypeOf<ClientMethod>().toEqualTypeOf<keyof typeof clientRequests>();
  expectTypeOf<ServerNotificationMethod>().toEqualTypeOf<
    experimental.ServerNotification["method"]
  >();
  expectTypeOf<ServerNotificationMethod>().toEqualTypeOf<keyof typeof serverNotifications>();
  expectTypeOf<ServerRequestMethod>().toEqualTypeOf<experimental.ServerRequest["method"]>();
  expectTypeOf<ServerRequestMethod>().toEqualTypeOf<keyof typeof serverRequests>();
});

test("the types know which methods are stable", () => {
  type Rows = typeof clientRequests & typeof serverNotifications & typeof serverRequests;
  type Stable = {
    [M in keyof Rows]: Rows[M]["stability"] extends "stable" ? M : never;
  }[keyof Rows];
  type InTree = stable.ClientRequest | stable.ServerNotification | stable.ServerRequest;
  expectTypeOf<Stable>().toEqualTypeOf<InTree["method"]>();
});

test("params are those of the generated unions, for every method", () => {
  type Different = {
    [M in ClientMethod]: Equal<
      ParamsOf<M>,
      MemberParams<experimental.ClientRequest, M> extends infer P
        ? [P] extends [undefined]
          ? NoParams
          : P
        : never
    > extends true
      ? never
      : M;
  }[ClientMethod];
  // The union writes these as optional properties, of which inference drops the undefined.
  expectTypeOf<Different>().toEqualTypeOf<
    | "account/gatewayOAuth/read"
    | "account/gatewayOAuth/login"
    | "account/rateLimits/read"
    | "account/usage/read"
  >();
  expectTypeOf<ParamsOf<"account/usage/read">>().toEqualTypeOf<
    v2.GetAccountTokenUsageParams | undefined
  >();
  type OtherNotification = {
    [M in ServerNotificationMethod]: Equal<
      NotificationParams<M>,
      MemberParams<experimental.ServerNotification, M>
    > extends true
      ? never
      : M;
  }[ServerNotificationMethod];
  expectTypeOf<OtherNotification>().toBeNever();
  type OtherRequest = {
    [M in ServerRequestMethod]: Equal<
      RequestParams<M>,
      MemberParams<experimental.ServerRequest, M>
    > extends true
      ? never
      : M;
  }[ServerRequestMethod];
  expectTypeOf<OtherRequest>().toBeNever();
});

test("no method's params, result or answer is any", () => {
  type AnyClient = {
    [M in ClientMethod]: IsAny<ParamsOf<M>> | IsAny<ResultOf<M>>;
  }[ClientMethod];
  type AnyNotification = {
    [M in ServerNotificationMethod]: IsAny<NotificationParams<M>>;
  }[ServerNotificationMethod];
  type AnyRequest = {
    [M in ServerRequestMethod]: IsAny<RequestParams<M>> | IsAny<AnswerOf<M>>;
  }[ServerRequestMethod];
  expectTypeOf<AnyClient | AnyNotification | AnyRequest>().toEqualTypeOf<false>();
});

test("numbers are numbers, as JSON has them, and never bigints", () => {
  expectTypeOf<ResultOf<"config/read">["config"]["model_context_window"]>().toEqualTypeOf<
    number | null
  >();
  expectTypeOf<ParamsOf<"mcpServer/oauth/login">["timeoutSecs"]>().toEqualTypeOf<
    number | null | undefined
  >();
});

test("a message narrows to its params by method", () => {
  const read = (message: ServerNotification | ServerRequest) => {
    switch (message.method) {
      case "turn/completed":
        expectTypeOf(message.params.turn).toEqualTypeOf<Turn>();
        expectTypeOf(message.emittedAtMs).toEqualTypeOf<number | undefined>();
        break;
      case "item/tool/call":
        expectTypeOf(message.id).toEqualTypeOf<RequestId>();
        expectTypeOf(message.params.tool).toEqualTypeOf<string>();
        break;
      default:
        break;
    }
  };
  expectTypeOf(read).returns.toBeVoid();
  expectTypeOf<NotificationParams<"item/completed">["item"]>().toEqualTypeOf<ThreadItem>();
  expectTypeOf<AnswerOf<"item/tool/call">["success"]>().toEqualTypeOf<boolean>();
});

test("params may be left out where a method has none", () => {
  expectTypeOf<undefined>().toExtend<ParamsOf<"account/logout">>();
  expectTypeOf<Record<string, never>>().toExtend<ParamsOf<"account/logout">>();
  expectTypeOf<undefined>().not.toExtend<ParamsOf<"thread/start">>();
  expectTypeOf<ResultOf<"thread/start">>().toEqualTypeOf<v2.ThreadStartResponse>();
});
