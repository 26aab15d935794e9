/** The client of one hub: everything the package offers hangs from here. */
import { type ControlFrame, toActorHeader } from "@signalbox/contract";
import { parseToken, parseUrl } from "./call/address.ts";
import { Caller } from "./call/caller.ts";
import {
  type AfterHook,
  type BeforeHook,
  type ErrorHook,
  Hooks,
  type HookTarget,
  type Middleware,
} from "./call/hooks.ts";
import { HttpSender } from "./call/http-sender.ts";
import { createMethods, OperationGroups } from "./call/methods.ts";
import { RawRequests } from "./call/raw-requests.ts";
import type { HandlerMode } from "./handlers/handler-mode.ts";
import { Handlers } from "./handlers/handlers.ts";
import type {
  OnAppServer,
  OnAppServerRequest,
  OnEvent,
  OnEventPrefix,
  OnTurn,
  OnTurnStarted,
} from "./handlers/registration.ts";
import type { SignalboxOptions } from "./options.ts";
import { Plugins } from "./plugins.ts";
import { EventRouter, guardListener, logHandlerFailure } from "./router/event-router.ts";
import { createResolver } from "./session/session-names.ts";
import { createSessionScope, type SessionScope } from "./session/session-scope.ts";
import { RemoteSkills } from "./skills/remote-skills.ts";
import { defaultBackoff } from "./stream/backoff.ts";
import { defaultTimes } from "./stream/connection.ts";
import type { ConnectionEvent, ConnectionListener } from "./stream/connection-event.ts";
import { diagnose } from "./stream/diagnose.ts";
import { createPageReader } from "./stream/event-pages.ts";
import { defaultInboxLimits } from "./stream/inbox.ts";
import { Listeners } from "./stream/listeners.ts";
import { Stream } from "./stream/stream.ts";
import { Wait } from "./wait/wait.ts";

/**
 * The client of one hub, in Node 22 or later and in a browser.
 *
 * Operations are methods: `box.sessions.sendMessage({sessionId, text})`. Handlers are registered
 * with `onEvent` and its like, each of which returns an idempotent removal, and run while
 * `box.stream.runForever()` does. Left without a handler they are decorators for methods:
 * `@box.onEvent("session.created")`. Nothing is connected before it is asked for.
 */
export class Signalbox<Mode extends HandlerMode = "async">
  extends OperationGroups
  implements AsyncDisposable
{
  /** Requests by method and path. */
  readonly raw: RawRequests;
  /** The stream of events. */
  readonly stream: Stream;
  /** Waiting for what sessions do. */
  readonly wait: Wait;
  /** Tools that run in this process, offered to sessions. */
  readonly remoteSkills: RemoteSkills<Mode>;
  /**
   * Handles every event of one type, such as `session.created` or `app_server.turn.completed`; of
   * the known ones the payload is typed.
   */
  readonly onEvent: OnEvent<Mode>;
  /**
   * Handles every event whose type starts with this text; the empty text is every event. The
   * prefix `app_server.` includes `app_server.request.`; views come only when named in full.
   */
  readonly onEventPrefix: OnEventPrefix<Mode>;
  /**
   * Handles one notification of app-server by its normalised name: `item.started` for
   * `item/started`. Never called for a request.
   */
  readonly onAppServer: OnAppServer<Mode>;
  /**
   * Handles one kind of question of app-server by its normalised name: `item.tool.call`. The
   * signal's `requestId` is what the answering operations take.
   */
  readonly onAppServerRequest: OnAppServerRequest<Mode>;
  /** Handles the beginning or the end of turns: `turn/started` and `turn/completed`. */
  readonly onTurn: OnTurn<Mode>;
  /**
   * Another name for `onEvent("app_server.item.started")`, kept because programs written for the
   * Python client expect it. It runs for every item of a turn: for its beginning use
   * `onTurn("started", handler)`.
   */
  readonly onTurnStarted: OnTurnStarted<Mode>;
  readonly #handlers: Handlers<Mode>;
  readonly #connectionListeners: Listeners<ConnectionEvent>;
  readonly #controlFrameListeners: Listeners<ControlFrame>;
  readonly #ownStream: Stream;
  readonly #plugins: Plugins;
  readonly #hooks: Hooks;
  readonly #caller: Caller;

  /** Throws `invalid_request` for a URL, token or actor that can't be one. */
  constructor(options: SignalboxOptions<Mode>) {
    const url = parseUrl(options.url);
    const token = parseToken(options.token);
    const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    const { headers } = options;
    const actor = options.actor === undefined ? undefined : toActorHeader(options.actor);
    const handlerDeadline = options.handlerDeadline ?? 30_000;
    const onHandlerError = guardListener(options.onHandlerError ?? logHandlerFailure);
    const sender = new HttpSender({
      url,
      token,
      fetch,
      headers,
      actor,
      surface: options.surface,
    });
    const hooks = new Hooks(options.onHookError);
    const caller = new Caller({
      sender,
      hooks,
      retry: options.retry,
      timeout: options.callTimeout ?? 30_000,
      namesContract: options.surface !== undefined,
    });
    const methods = createMethods(caller);
    super(methods);
    this.#caller = caller;
    this.#hooks = hooks;
    this.raw = new RawRequests(caller);

    const router = options.streamRouter ?? new EventRouter({ handlerDeadline, onHandlerError });
    const handlers = new Handlers<Mode>(router, options.handlers);
    this.#handlers = handlers;
    this.onEvent = handlers.onEvent;
    this.onEventPrefix = handlers.onEventPrefix;
    this.onAppServer = handlers.onAppServer;
    this.onAppServerRequest = handlers.onAppServerRequest;
    this.onTurn = handlers.onTurn;
    this.onTurnStarted = handlers.onTurnStarted;
    const listening = { deadline: handlerDeadline, onHandlerError };
    this.#connectionListeners = new Listeners({ name: "onConnection", ...listening });
    this.#controlFrameListeners = new Listeners({ name: "onControlFrame", ...listening });
    const backoff = { ...defaultBackoff, ...options.stream?.backoff };
    const resolveSession = createResolver(methods.sessions, backoff);
    const streamSettings = {
      url,
      token,
      WebSocket: options.WebSocket ?? globalThis.WebSocket,
      times: { ...defaultTimes, ...options.stream?.times },
      backoff,
      inbox: { ...defaultInboxLimits, ...options.stream?.inbox },
      router,
      // An own router may match whatever it likes, so it gets everything.
      wantedTypes: () => (options.streamRouter === undefined ? handlers.types : undefined),
      onWantedTypesChanged: (listener: () => void) => handlers.onTypesChanged(listener),
      connectionListeners: this.#connectionListeners,
      controlFrameListeners: this.#controlFrameListeners,
      onHandlerError,
      readPage: createPageReader(sender),
      resolveSession,
      diagnose: (signal: AbortSignal) => diagnose(sender, signal),
    };
    this.stream = new Stream(streamSettings);
    // Connections of the SDK's own, of which the program's listeners are not told.
    this.#ownStream = new Stream({
      ...streamSettings,
      onWantedTypesChanged: () => undefined,
      connectionListeners: new Listeners({ name: "onConnection", ...listening }),
      controlFrameListeners: new Listeners({ name: "onControlFrame", ...listening }),
    });
    this.wait = new Wait({ methods, stream: this.#ownStream, resolveSession });
    this.remoteSkills = new RemoteSkills({
      methods,
      stream: this.#ownStream,
      deadline: options.skillDeadline ?? 25_000,
      mode: options.handlers,
    });
    this.#plugins = new Plugins(this as Signalbox, options.plugins ?? [], options.onPluginError);
  }

  /** Removes the handlers that decorated methods of this object registered. Idempotent. */
  removeHandlers(owner: object): void {
    this.#handlers.removeOf(owner);
  }

  /**
   * Told about the stream itself: connected, disconnected, gap, lagging, caught_up. `gap` and
   * `caught_up` come in their place among the events; the others as they happen.
   */
  onConnection(listener: ConnectionListener): () => void {
    return this.#connectionListeners.add(listener);
  }

  /**
   * Told of every control frame as the hub sent it (`ready`, `pong`, `error`, `subscribed` and so
   * on), for diagnostics of the transport. They never reach handlers.
   */
  onControlFrame(listener: (frame: ControlFrame) => unknown): () => void {
    return this.#controlFrameListeners.add(listener);
  }

  /**
   * Runs ahead of each call of an operation, or of all (`*`): it may change the input and add headers.
   * What it throws ends the call. Hooks of all operations run first, then those of the one, in the
   * order they were added. Returns its idempotent removal, as the others do.
   */
  before<const Name extends HookTarget>(operation: Name, hook: BeforeHook<Name>): () => void {
    return this.#hooks.before(operation, hook);
  }

  /** Runs once after each call that was done. What it throws goes to `onHookError` and changes nothing. */
  after<const Name extends HookTarget>(operation: Name, hook: AfterHook<Name>): () => void {
    return this.#hooks.after(operation, hook);
  }

  /** Runs once after each call that failed for good. What it throws goes to `onHookError` and changes nothing. */
  onError<const Name extends HookTarget>(operation: Name, hook: ErrorHook<Name>): () => void {
    return this.#hooks.onError(operation, hook);
  }

  /** Registers an object's `before`, `after` and `onError`, for one operation or (default) all. */
  useMiddleware<const Name extends HookTarget = "*">(
    middleware: Middleware<Name>,
    operation?: Name,
  ): () => void {
    return this.#hooks.use(middleware, operation);
  }

  /**
   * The operations on one session, called without naming it: `box.session("@reviewer").get()`. It takes
   * an id, an `@handle` or an exact title; the hub is asked for it with each call, and none before.
   */
  session(sessionId: string): SessionScope {
    return createSessionScope(this.#caller, sessionId);
  }

  /** Starts the plugins, in order, once. Rejects with what one throws, after those before it were stopped. */
  start(): Promise<void> {
    return this.#plugins.start();
  }

  /**
   * Ends every run and reader, closes the skills (handlers that run are aborted, their calls
   * answered as failed), then stops the plugins, last first. Idempotent; calls under way are not
   * affected.
   */
  async close(): Promise<void> {
    this.stream.close();
    await this.remoteSkills.close();
    this.#ownStream.close();
    await this.#plugins.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
