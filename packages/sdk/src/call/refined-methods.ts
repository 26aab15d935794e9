/**
 * Methods whose types say more than their operation's schema can: what they take decides what they
 * give, or which fields belong together. At run time they are methods like any other.
 */
import type { LoginForm, Operations, OutputOf } from "@signalbox/contract";
import type { ClientMethod, ParamsOf, ResultOf } from "@signalbox/protocol";
import type { OrAny } from "../handlers/event-types.ts";
import type { CallOptions } from "./call.ts";

/** What a method of app-server is called with: its params as the protocol has them, any object for one it has not. */
export type AppServerCall<Method extends OrAny<ClientMethod>> = {
  readonly method: Method;
} & (Method extends ClientMethod
  ? undefined extends ParamsOf<Method>
    ? { readonly params?: ParamsOf<Method> }
    : { readonly params: ParamsOf<Method> }
  : { readonly params?: Readonly<Record<string, unknown>> });

/** What a method of app-server answers; unknown for one the protocol has not. */
export type AppServerResult<Method extends OrAny<ClientMethod>> = Method extends ClientMethod
  ? ResultOf<Method>
  : unknown;

/** The types of these methods, by operation. */
export interface RefinedMethods {
  "app_server.call": <const Method extends OrAny<ClientMethod>>(
    input: AppServerCall<Method>,
    options?: CallOptions,
  ) => Promise<{ readonly status: "ok"; readonly result: AppServerResult<Method> }>;
  "account.login.start": (
    input: LoginForm,
    options?: CallOptions,
  ) => Promise<OutputOf<Operations["account.login.start"]>>;
}
