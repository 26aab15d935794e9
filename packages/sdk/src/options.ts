/** What a client can be given, and what it does without. */

import type { Surface } from "@signalbox/contract";
import type { HookErrorListener } from "./call/hooks.ts";
import type { HeaderProvider } from "./call/http-sender.ts";
import type { RetryPolicy } from "./call/retry.ts";
import type { HandlerMode } from "./handlers/handler-mode.ts";
import type { Plugin, PluginFailure } from "./plugins.ts";
import type { HandlerErrorListener, StreamRouter } from "./router/route.ts";
import type { BackoffPolicy } from "./stream/backoff.ts";
import type { ConnectionTimes } from "./stream/connection.ts";
import type { InboxLimits } from "./stream/inbox.ts";
import type { WebSocketConstructor } from "./stream/web-socket.ts";

/** How a client is set up. Times are milliseconds. */
export interface SignalboxOptions<Mode extends HandlerMode = "async"> {
  /** Where the hub is, such as `http://127.0.0.1:4777`; a path is kept as a prefix. */
  readonly url: string | URL;
  /** The hub's token. */
  readonly token: string;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default: the global one. The token travels as a subprotocol, so any standard one will do. */
  readonly WebSocket?: WebSocketConstructor;
  /** How long a call may take, retries included. Default 30,000. */
  readonly callTimeout?: number;
  /**
   * Headers for every call, asked for at each send: a proxy's credentials, a trace. The stream's
   * socket can't carry any in a browser; elsewhere give a `WebSocket` that does.
   */
  readonly headers?: HeaderProvider;
  /**
   * Who acts, for the hub's audit: sent with every call, where its input names nobody. One to 200
   * characters. Not checked by the hub, which knows its token only.
   */
  readonly actor?: string;
  /**
   * The program this client is the inside of, such as the command line: the hub's audit names it.
   * The version is that of the contract it was built with, and the hub refuses a call with
   * `version_skew` where it means something else by the operation. Default: `sdk`, unchecked, since
   * programs may be older than their hub.
   */
  readonly surface?: { readonly name: Surface; readonly version: string };
  /** Sends failed calls again. Default: never. */
  readonly retry?: RetryPolicy;
  /** Told of `after` and `onError` hooks that failed. Default: writes it to the console. */
  readonly onHookError?: HookErrorListener;
  /** Registered in order as the client is made; started by `start`, stopped by `close`. */
  readonly plugins?: readonly Plugin[];
  /** Told of plugins that failed to stop. Default: writes it to the console. */
  readonly onPluginError?: (failure: PluginFailure) => void;
  /**
   * `sync` refuses async handlers: by type, and where one slips through its run is a failure that
   * says so. Default `async`, which takes both. Listeners of the connection may be async in either.
   */
  readonly handlers?: Mode;
  /** How long a handler may take before the router goes on without it. Default 30,000. */
  readonly handlerDeadline?: number;
  /**
   * How long a skill may take before its call fails. Default 25,000: below `handlerDeadline`, so
   * that a slow skill ends as a failed tool call rather than as a failed handler.
   */
  readonly skillDeadline?: number;
  /** Told of every failure of a handler, once. Default: writes it to the console. */
  readonly onHandlerError?: HandlerErrorListener;
  /** Takes over matching and dispatch; the stream then asks the hub for every type. */
  readonly streamRouter?: StreamRouter;
  /** The stream's heartbeat, pauses and bounds. */
  readonly stream?: {
    readonly times?: Partial<ConnectionTimes>;
    readonly backoff?: Partial<BackoffPolicy>;
    readonly inbox?: Partial<InboxLimits>;
  };
}
