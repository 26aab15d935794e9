/** Where handlers are registered: what a program wants to hear of becomes routes of its router. */
import type { StreamEvent } from "@signalbox/contract";
import type { HandlerContext, Route, StreamRouter } from "../router/route.ts";
import { compactPatterns } from "../stream/wanted-types.ts";
import { DecoratedHandlers } from "./decorator.ts";
import { eventPrefix, eventType, signalName } from "./event-name.ts";
import { type HandlerMode, refuseAwaitable } from "./handler-mode.ts";
import type {
  OnAppServer,
  OnAppServerRequest,
  OnEvent,
  OnEventPrefix,
  OnTurn,
  OnTurnStarted,
  TurnPhase,
} from "./registration.ts";

/** A handler of whatever type its registration gave it. */
type Call = (value: never, context: HandlerContext) => unknown;

/** The registered handlers. Every form of registering says what it is in the label of its route. */
export class Handlers<Mode extends HandlerMode = "async"> {
  readonly #router: StreamRouter;
  readonly #mode: HandlerMode;
  readonly #routes = new Set<Route>();
  readonly #decorated = new DecoratedHandlers();
  #announced = "";
  #isChangePending = false;
  #listener: () => void = () => undefined;

  constructor(router: StreamRouter, mode: HandlerMode = "async") {
    this.#router = router;
    this.#mode = mode;
  }

  /** The fewest patterns that cover every route. */
  get types(): readonly string[] {
    return compactPatterns([...this.#routes].map((route) => route.types));
  }

  /** Calls the one listener soon after `types` has become another, once for several changes. */
  onTypesChanged(listener: () => void): void {
    this.#listener = listener;
  }

  /** Removes what decorators registered for an object. Idempotent. */
  removeOf(owner: object): void {
    this.#decorated.remove(owner);
  }

  readonly onEvent: OnEvent<Mode> = this.#form((type: string) => ({
    label: `onEvent("${type}")`,
    types: eventType(type),
    matches: (event) => event.type === type,
    select: wholeEvent,
  }));

  readonly onEventPrefix: OnEventPrefix<Mode> = this.#form((prefix: string) => ({
    label: `onEventPrefix("${prefix}")`,
    types: `${eventPrefix(prefix)}*`,
    matches: (event) => event.type.startsWith(prefix),
    select: wholeEvent,
  }));

  readonly onAppServer: OnAppServer<Mode> = this.#form((name: string) =>
    signalRoute(`onAppServer("${name}")`, `app_server.${signalName(name)}`, "notification"),
  );

  readonly onAppServerRequest: OnAppServerRequest<Mode> = this.#form((name: string) =>
    signalRoute(
      `onAppServerRequest("${name}")`,
      `app_server.request.${signalName(name)}`,
      "request",
    ),
  );

  readonly onTurn: OnTurn<Mode> = this.#form((phase: TurnPhase) =>
    signalRoute(`onTurn("${phase}")`, `app_server.turn.${phase}`, "notification"),
  );

  readonly onTurnStarted = ((handler?: Call) => {
    const { onEvent } = this as Handlers;
    const type = "app_server.item.started";
    return handler === undefined ? onEvent(type) : onEvent(type, handler as never);
  }) as OnTurnStarted<Mode>;

  // The types of the forms say what a name brings; here every name is a text.
  #form<Form>(describe: (name: never) => Described): Form {
    const form = (name: string, handler?: Call) => {
      const { select, ...route } = describe(name as never);
      const register = (call: Call) =>
        this.#add({ ...route, handle: this.#guard(route.label, select, call) });
      return handler === undefined ? this.#decorated.decorator(register) : register(handler);
    };
    return form as Form;
  }

  #guard(label: string, select: Described["select"], call: Call): Route["handle"] {
    const handle: Route["handle"] = (event, context) => call(select(event) as never, context);
    if (this.#mode === "async") return handle;
    return (event, context) => refuseAwaitable(handle(event, context), label);
  }

  #add(route: Route): () => void {
    const remove = this.#router.add(route);
    this.#routes.add(route);
    this.#changed();
    return () => {
      remove();
      if (this.#routes.delete(route)) this.#changed();
    };
  }

  // Several registrations in a row are one change for the hub.
  #changed(): void {
    if (this.#isChangePending) return;
    this.#isChangePending = true;
    queueMicrotask(() => {
      this.#isChangePending = false;
      const types = this.types.join();
      if (types === this.#announced) return;
      this.#announced = types;
      this.#listener();
    });
  }
}

/** A route without its handler, and what of an event the handler gets. */
interface Described extends Omit<Route, "handle"> {
  readonly select: (event: StreamEvent) => unknown;
}

const wholeEvent = (event: StreamEvent) => event;

// A notification `request/x` and a request `x` have the same event type; the payload tells them apart.
function signalRoute(
  label: string,
  type: string,
  signalType: "notification" | "request",
): Described {
  return {
    label,
    types: eventType(type),
    matches: (event) =>
      event.type === type &&
      (event.payload as { signalType?: unknown } | null)?.signalType === signalType,
    select: (event) => event.payload,
  };
}
