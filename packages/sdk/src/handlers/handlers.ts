/** Where handlers are registered: what a program wants to hear of becomes routes of its router. */
import { SignalboxError, type StreamEvent, typePattern } from "@signalbox/contract";
import type { NotificationName, RequestName } from "@signalbox/protocol";
import type { HandlerContext, Route, StreamRouter } from "../router/route.ts";
import { compactPatterns } from "../stream/wanted-types.ts";
import type {
  EventOf,
  KnownEventType,
  NotificationSignalOf,
  OrAny,
  RequestSignalOf,
} from "./event-types.ts";

/** Gets what it was registered for, sync or async. What it returns is not looked at. */
export type Handler<Value> = (value: Value, context: HandlerContext) => unknown;

/** The registered handlers. */
export class Handlers {
  readonly #router: StreamRouter;
  readonly #routes = new Set<Route>();
  #announced = "";
  #isChangePending = false;
  #listener: () => void = () => undefined;

  constructor(router: StreamRouter) {
    this.#router = router;
  }

  /** The fewest patterns that cover every route. */
  get types(): readonly string[] {
    return compactPatterns([...this.#routes].map((route) => route.types));
  }

  /** Calls the one listener soon after `types` has become another, once for several changes. */
  onTypesChanged(listener: () => void): void {
    this.#listener = listener;
  }

  onEvent<const Type extends OrAny<KnownEventType>>(
    type: Type,
    handler: Handler<EventOf<Type>>,
  ): () => void {
    return this.#add({
      label: `onEvent("${type}")`,
      types: exact(type),
      matches: (event) => event.type === type,
      handle: (event, context) => handler(event as EventOf<Type>, context),
    });
  }

  onEventPrefix(prefix: string, handler: Handler<StreamEvent>): () => void {
    return this.#add({
      label: `onEventPrefix("${prefix}")`,
      types: `${exact(prefix, true)}*`,
      matches: (event) => event.type.startsWith(prefix),
      handle: handler,
    });
  }

  onAppServer<const Name extends OrAny<NotificationName>>(
    name: Name,
    handler: Handler<NotificationSignalOf<Name>>,
  ): () => void {
    return this.#add({
      label: `onAppServer("${name}")`,
      types: exact(`app_server.${trimDots(name)}`),
      ...signalRoute<NotificationSignalOf<Name>>(
        `app_server.${trimDots(name)}`,
        "notification",
        handler,
      ),
    });
  }

  onAppServerRequest<const Name extends OrAny<RequestName>>(
    name: Name,
    handler: Handler<RequestSignalOf<Name>>,
  ): () => void {
    return this.#add({
      label: `onAppServerRequest("${name}")`,
      types: exact(`app_server.request.${trimDots(name)}`),
      ...signalRoute<RequestSignalOf<Name>>(
        `app_server.request.${trimDots(name)}`,
        "request",
        handler,
      ),
    });
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

// A notification `request/x` and a request `x` have the same event type; the payload tells them apart.
function signalRoute<Signal>(
  type: string,
  signalType: "notification" | "request",
  handler: Handler<Signal>,
): Pick<Route, "matches" | "handle"> {
  return {
    matches: (event) =>
      event.type === type &&
      (event.payload as { signalType?: unknown } | null)?.signalType === signalType,
    handle: (event, context) => handler(event.payload as Signal, context),
  };
}

function trimDots(name: string): string {
  return name.replace(/^\.+|\.+$/g, "");
}

function exact(type: string, mayBeEmpty = false): string {
  if ((type === "" && mayBeEmpty) || (!type.includes("*") && typePattern.safeParse(type).success)) {
    return type;
  }
  throw new SignalboxError(
    "invalid_request",
    `${JSON.stringify(type)} is no event type: give 1 to 200 characters without blanks, commas or *. For a prefix there is onEventPrefix.`,
  );
}
