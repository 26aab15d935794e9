/** Hands one event of a run to the router, isolated: what becomes of it stops no other event. */
import type { HandlerErrorListener, StreamRouter } from "../../router/route.ts";
import { untilAborted } from "../sleep.ts";
import type { ArrivedEvent } from "./event-order.ts";
import type { HandleEvent } from "./global-order.ts";

/** What dispatching needs to know of its run. */
export interface DispatchOptions {
  readonly router: StreamRouter;
  readonly threadId: string | null;
  readonly signal: AbortSignal;
  readonly onHandlerError: HandlerErrorListener;
}

/** Makes the run's way of handling an event. */
export function createDispatch(options: DispatchOptions): HandleEvent {
  const { router, threadId, signal, onHandlerError } = options;
  return async ({ event, cursor, reconnects }: ArrivedEvent) => {
    try {
      const dispatched = router.dispatch(event, { signal, cursor, threadId, reconnects });
      await untilAborted(dispatched, signal);
    } catch (error) {
      onHandlerError({ reason: "router", error, handler: "streamRouter", event });
    }
    return !signal.aborted;
  };
}
