/** An own router, and the proof that it keeps the contract. */
import {
  type DispatchContext,
  EventRouter,
  type EventRouterOptions,
  type Route,
  type StreamEvent,
  type StreamRouter,
} from "@signalbox/sdk";
import { Signalbox } from "@signalbox/sdk/node";
import { routerConformance } from "@signalbox/sdk/testing";

// #region router
class TimedRouter implements StreamRouter {
  readonly #router: EventRouter;
  slowest = 0;

  constructor(options: EventRouterOptions) {
    this.#router = new EventRouter(options);
  }

  add(route: Route): () => void {
    return this.#router.add(route);
  }

  async dispatch(event: StreamEvent, context: DispatchContext): Promise<void> {
    const began = performance.now();
    await this.#router.dispatch(event, context);
    this.slowest = Math.max(this.slowest, performance.now() - began);
  }
}
// #endregion router

// #region use
const streamRouter = new TimedRouter({ handlerDeadline: 5_000, onHandlerError: console.error });
await using box = Signalbox.fromEnv({ streamRouter });
// #endregion use
box.onEvent("session.created", (event) => console.log(event.seq));

// #region prove
for (const { title, run } of routerConformance) {
  await run((options) => new TimedRouter(options));
  console.log(`a router ${title}`);
}
// #endregion prove
