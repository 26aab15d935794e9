/**
 * Whether a client's handlers may be async. A client made with `handlers: "sync"` refuses async ones
 * where they are registered, by type, and one that slips through where it runs.
 */
import { SignalboxError } from "@signalbox/contract";
import { isThenable } from "../router/isolate.ts";
import type { HandlerContext } from "../router/route.ts";

/** `async`: a handler may return a promise, which is awaited. `sync`: it must not. */
export type HandlerMode = "async" | "sync";

/** What a sync handler may return: anything that can't be awaited. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is the usual handler
export type SyncResult = void | Primitive | (object & { readonly then?: never });

type Primitive = undefined | null | boolean | number | bigint | string | symbol;

/** What a handler of this mode may return. It is not looked at, but for a promise, which is awaited. */
export type ResultIn<Mode extends HandlerMode> = Mode extends "sync" ? SyncResult : unknown;

/** Gets what it was registered for. Under the mode `async`, which is the default, it may be async. */
export type Handler<Value, Mode extends HandlerMode = "async"> = (
  value: Value,
  context: HandlerContext,
) => ResultIn<Mode>;

/**
 * Gives back what a sync handler returned. Throws `async_handler` when that can be awaited; what a
 * refused promise ends in later is not looked at.
 */
export function refuseAwaitable<Value>(result: Value, handler: string): Value {
  if (!isThenable(result)) return result;
  result.then(undefined, () => undefined);
  throw new SignalboxError(
    "async_handler",
    `${handler} returned a promise, but its client was made with handlers: "sync". Make it a sync function, or leave that option out: a client of the async mode takes both.`,
  );
}
