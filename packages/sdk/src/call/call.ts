/** One call to the hub, as hooks and the header provider see it. */
import type { InputOf, OperationName, Operations, OutputOf } from "@signalbox/contract";
import type { OrAny } from "../handlers/event-types.ts";

/** A call's input: typed where the operation is known. */
export type CallInput<Name extends string = string> = Name extends OperationName
  ? InputOf<Operations[Name]>
  : Record<string, unknown>;

/** What an operation gives back; unknown for every operation and for raw requests. */
export type CallOutput<Name extends string = string> = Name extends OperationName
  ? OutputOf<Operations[Name]>
  : unknown;

/** One call on its way. */
export interface Call<Name extends string = string> {
  /** The operation's name, such as `sessions.send_message`; of a raw request the one it was given. */
  readonly operation: OrAny<OperationName>;
  /** What a `before` hook changes here is what is sent. The hub validates it. */
  input: CallInput<Name>;
  /**
   * Sent with the request, over those of the header provider. `authorization` and `content-type` are
   * the client's own and can't be changed.
   */
  readonly headers: Headers;
  /** The caller's own, where it gave one. */
  readonly signal: AbortSignal | undefined;
}

/** What each call can be given beside its input. */
export interface CallOptions {
  /** Ends the call with `aborted`. A write may have been done all the same. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the call fails, retries included; Infinity for none. Default: the client's `callTimeout`. */
  readonly timeout?: number;
  /**
   * Makes a write safe to send again: the hub does a write with one key once, and answers a later one
   * as it answered the first. The same key with another input is refused with `idempotency_conflict`.
   */
  readonly idempotencyKey?: string;
}
