/** The default router: every matching handler, one after another, in the order they were added. */
import type { StreamEvent } from "@signalbox/contract";
import { runIsolated } from "./isolate.ts";
import type {
  DispatchContext,
  HandlerContext,
  HandlerErrorListener,
  HandlerFailure,
  Route,
  StreamRouter,
} from "./route.ts";

/** How the default router behaves. */
export interface EventRouterOptions {
  /** Milliseconds a handler may take before the router goes on without it; Infinity for none. */
  readonly handlerDeadline: number;
  readonly onHandlerError: HandlerErrorListener;
}

/**
 * Fan-out in registration order. Each handler is awaited before the next one; one that throws,
 * rejects or passes its deadline is reported and the next one runs. A handler added while an event
 * is being dispatched sees the next event; one removed meanwhile is not called any more.
 */
export class EventRouter implements StreamRouter {
  readonly #options: EventRouterOptions;
  // Replaced, never changed: a dispatch under way keeps the list it began with.
  #routes: readonly Registered[] = [];

  constructor(options: EventRouterOptions) {
    this.#options = options;
  }

  add(route: Route): () => void {
    const registered: Registered = { route, active: true };
    this.#routes = [...this.#routes, registered];
    return () => {
      if (!registered.active) return;
      registered.active = false;
      this.#routes = this.#routes.filter((other) => other !== registered);
    };
  }

  async dispatch(event: StreamEvent, context: DispatchContext): Promise<void> {
    for (const registered of this.#routes) {
      const { route } = registered;
      if (!registered.active || !this.#isMatch(route, event)) continue;
      const started = runIsolated(
        (abortSignal) => route.handle(event, new LazyContext(event, context, abortSignal)),
        { deadline: this.#options.handlerDeadline, signal: context.signal },
      );
      const outcome = started instanceof Promise ? await started : started;
      if (outcome.ended === "stopped") return;
      if (outcome.ended !== "done") {
        this.#options.onHandlerError({
          reason: outcome.ended,
          error: outcome.error,
          handler: route.label,
          event,
        });
      }
    }
  }

  #isMatch(route: Route, event: StreamEvent): boolean {
    try {
      return route.matches(event);
    } catch (error) {
      this.#options.onHandlerError({ reason: "matcher", error, handler: route.label, event });
      return false;
    }
  }
}

interface Registered {
  readonly route: Route;
  active: boolean;
}

class LazyContext implements HandlerContext {
  readonly event: StreamEvent;
  readonly cursor: string;
  readonly threadId: string | null;
  readonly reconnects: number;
  readonly #abortSignal: () => AbortSignal;

  constructor(event: StreamEvent, context: DispatchContext, abortSignal: () => AbortSignal) {
    this.event = event;
    this.cursor = context.cursor;
    this.threadId = context.threadId;
    this.reconnects = context.reconnects;
    this.#abortSignal = abortSignal;
  }

  get signal(): AbortSignal {
    return this.#abortSignal();
  }
}

/** Wraps a listener so that a throw of its own ends at the console. */
export function guardListener(listener: HandlerErrorListener): HandlerErrorListener {
  return (failure) => {
    try {
      listener(failure);
    } catch (error) {
      console.error("onHandlerError itself threw:", error);
      logHandlerFailure(failure);
    }
  };
}

/** The default listener: one line and the error, on the console. */
export function logHandlerFailure(failure: HandlerFailure): void {
  const on = failure.event === null ? "" : ` on ${failure.event.type} (seq ${failure.event.seq})`;
  console.error(`signalbox: handler ${failure.handler} failed${on}:`, failure.error);
}
