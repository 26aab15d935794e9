/** Proves to the compiler that the table's id places are those of the types, none wrong, none missed. */
import { expectTypeOf, test } from "vitest";
import type {
  ClientMethod,
  clientRequests,
  NotificationParams,
  ParamsOf,
  RequestParams,
  ResultOf,
  ServerNotificationMethod,
  ServerRequestMethod,
  serverNotifications,
  serverRequests,
} from "./index.ts";

type KeyOfAny<T> = T extends unknown ? (string extends keyof T ? never : keyof T) : never;
type ValueOf<T, Key> = T extends unknown ? (Key extends keyof T ? T[Key] : undefined) : never;

/** The type of what stands at a path such as `turnId` or `turn.id`, over every variant of P. */
type ValueAt<P, Path> = Path extends `${infer Outer}.${infer Inner}`
  ? ValueOf<ValueOf<P, Outer>, Inner>
  : ValueOf<P, Path>;

/**
 * True when an id of type string stands at Place, optional as Place says. Without a place: when P
 * has none of Keys.
 */
type IsRight<P, Place, Keys> = Place extends { at: infer Path; optional: infer Optional }
  ? [ValueAt<P, Path>] extends [string]
    ? Optional extends false
      ? true
      : false
    : [ValueAt<P, Path>] extends [string | null | undefined]
      ? Optional
      : false
  : Extract<KeyOfAny<P>, Keys> extends never
    ? true
    : false;

type ThreadKeys = "threadId" | "conversationId" | "thread";
type TurnKeys = "turnId" | "turn";
type ItemKeys = "itemId" | "callId";

type Notifications = typeof serverNotifications;
type Questions = typeof serverRequests;
type Requests = typeof clientRequests;

test("every notification's ids are where its row says", () => {
  type Verdicts = {
    [M in ServerNotificationMethod]:
      | IsRight<NotificationParams<M>, Notifications[M]["threadId"], ThreadKeys>
      | IsRight<NotificationParams<M>, Notifications[M]["turnId"], TurnKeys>
      | IsRight<NotificationParams<M>, Notifications[M]["itemId"], ItemKeys>;
  };
  expectTypeOf<Verdicts>().toEqualTypeOf<Record<ServerNotificationMethod, true>>();
});

test("every server request's ids are where its row says", () => {
  type Verdicts = {
    [M in ServerRequestMethod]:
      | IsRight<RequestParams<M>, Questions[M]["threadId"], ThreadKeys>
      | IsRight<RequestParams<M>, Questions[M]["turnId"], TurnKeys>
      | IsRight<RequestParams<M>, Questions[M]["itemId"], ItemKeys>;
  };
  expectTypeOf<Verdicts>().toEqualTypeOf<Record<ServerRequestMethod, true>>();
});

test("every client request's ids are where its row says, in its params and in its result", () => {
  type Verdicts = {
    [M in ClientMethod]:
      | IsRight<ParamsOf<M>, Requests[M]["threadId"], ThreadKeys>
      | IsRight<ParamsOf<M>, Requests[M]["turnId"], TurnKeys | "expectedTurnId">
      | IsRight<ResultOf<M>, Requests[M]["resultThreadId"], ThreadKeys | "reviewThreadId">
      | IsRight<ResultOf<M>, Requests[M]["resultTurnId"], TurnKeys>;
  };
  expectTypeOf<Verdicts>().toEqualTypeOf<Record<ClientMethod, true>>();
});
