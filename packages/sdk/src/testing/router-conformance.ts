/**
 * The contract of `StreamRouter` as cases that any test runner can run:
 *
 *     for (const { title, run } of routerConformance) {
 *       test(title, () => run((options) => new MyRouter(options)));
 *     }
 */
import type { StreamEvent } from "@signalbox/contract";
import type { EventRouterOptions } from "../router/event-router.ts";
import type { DispatchContext, HandlerFailure, Route, StreamRouter } from "../router/route.ts";
import { check, checkEqual, within } from "./check.ts";

/**
 * Makes the router to be proved. It is to leave a handler behind after `handlerDeadline`
 * milliseconds, and to tell `onHandlerError` of every failure, once.
 */
export type MakeRouter = (options: EventRouterOptions) => StreamRouter;

/** How a case is run. */
export interface ConformanceOptions {
  /** Milliseconds after which what has not happened counts as never happening. Default 2,000. */
  readonly patience?: number;
}

/** One promise of the contract. */
export interface RouterCase {
  /** A sentence: what a router does. */
  readonly title: string;
  /** Rejects with an error that says what the router did instead. */
  readonly run: (makeRouter: MakeRouter, options?: ConformanceOptions) => Promise<void>;
}

/** What a case works with. */
interface Bench {
  readonly router: StreamRouter;
  readonly failures: HandlerFailure[];
  /** What the routes of `add` did. */
  readonly log: string[];
  /** Adds a route that logs its name, and then does this. */
  readonly add: (name: string, work?: Route["handle"], matches?: Route["matches"]) => () => void;
  /** Milliseconds after which what has not happened counts as never happening. */
  readonly patience: number;
  /** Dispatches an event, and fails when that does not settle or rejects. */
  readonly dispatch: (event?: Partial<StreamEvent>, signal?: AbortSignal) => Promise<void>;
}

const never = () => new Promise<void>(() => undefined);

function routerCase(title: string, work: (bench: Bench) => Promise<void>): RouterCase {
  return {
    title,
    run: async (makeRouter, { patience = 2_000 } = {}) => {
      const failures: HandlerFailure[] = [];
      const log: string[] = [];
      const router = makeRouter({
        handlerDeadline: Math.ceil(patience / 20),
        onHandlerError: (failure) => void failures.push(failure),
      });
      const dispatch = (event: Partial<StreamEvent> = {}, signal = new AbortController().signal) =>
        within(patience, "dispatch did not settle", () =>
          router.dispatch(eventOf(event), contextOf(signal)),
        );
      const add: Bench["add"] = (name, handle, matches = () => true) =>
        router.add({
          label: name,
          types: "*",
          matches,
          handle(event, context) {
            log.push(name);
            return handle?.(event, context);
          },
        });
      await work({ router, failures, log, patience, add, dispatch });
    },
  };
}

function eventOf(event: Partial<StreamEvent>): StreamEvent {
  return { type: "a", threadId: null, payload: {}, seq: 7, at: 0, ...event };
}

function contextOf(signal: AbortSignal): DispatchContext {
  return { signal, cursor: "e:7", threadId: "t", reconnects: 3 };
}

/** Whether it settles within a few turns of the queue of promises, sooner than any deadline. */
async function settlesAtOnce(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  return isSettled;
}

/** Every promise of the contract. */
export const routerConformance: readonly RouterCase[] = [
  routerCase(
    "calls every route that matches, in the order they were added, and no other",
    async ({ add, dispatch, log }) => {
      add("first");
      add("other", undefined, ({ type }) => type === "b");
      add("second");
      add("third");
      await dispatch();
      checkEqual(log, ["first", "second", "third"], "the routes called");
    },
  ),
  routerCase(
    "hands each route the event itself and what the run says of it",
    async ({ add, dispatch }) => {
      const seen: unknown[] = [];
      add("only", (event, context) => {
        const { cursor, threadId, reconnects, signal } = context;
        check(signal instanceof AbortSignal, "context.signal is no AbortSignal");
        check(context.event === event, "context.event is not the event");
        seen.push([event.type, event.seq, cursor, threadId, reconnects]);
      });
      await dispatch({ type: "x" });
      checkEqual(seen, [["x", 7, "e:7", "t", 3]], "what the route got");
    },
  ),
  routerCase(
    "settles only when every handler it called is done",
    async ({ router, add, patience }) => {
      const gate = Promise.withResolvers<void>();
      add("waits", () => gate.promise);
      const dispatched = router.dispatch(eventOf({}), contextOf(new AbortController().signal));
      check(!(await settlesAtOnce(dispatched)), "dispatch settled before its handler was done");
      gate.resolve();
      await within(patience, "dispatch did not settle", () => dispatched);
    },
  ),
  routerCase(
    "goes on after a handler that throws, one that rejects and a matcher that throws, and makes each seen once",
    async ({ add, dispatch, failures, log }) => {
      const thrown = new Error("thrown");
      const rejected = new Error("rejected");
      const unmatched = new Error("in a matcher");
      add("throws", () => {
        throw thrown;
      });
      add("rejects", () => Promise.reject(rejected));
      add("unmatched", undefined, () => {
        throw unmatched;
      });
      add("last");
      await dispatch();
      checkEqual(log, ["throws", "rejects", "last"], "the routes called");
      const seen = failures.map(({ error }) => String(error)).sort();
      checkEqual(seen, [thrown, rejected, unmatched].map(String).sort(), "the failures told of");
    },
  ),
  routerCase(
    "leaves a handler that hangs behind, makes that seen, and calls the next one",
    async ({ add, dispatch, failures, log }) => {
      add("hangs", never);
      add("next");
      await dispatch();
      checkEqual(log, ["hangs", "next"], "the routes called");
      check(failures.length === 1, `${failures.length} failures were told of instead of one`);
    },
  ),
  routerCase(
    "calls a removed route no more, and removing it twice removes nothing else",
    async ({ add, dispatch, log }) => {
      const remove = add("removed");
      add("stays");
      remove();
      remove();
      await dispatch();
      checkEqual(log, ["stays"], "the routes called");
    },
  ),
  routerCase(
    "calls a route no more that an earlier one removed, and a new one from the next event on",
    async ({ add, dispatch, log }) => {
      let removeSecond: () => void = () => undefined;
      let isAdded = false;
      add("first", () => {
        removeSecond();
        if (!isAdded) add("new");
        isAdded = true;
      });
      removeSecond = add("second");
      await dispatch();
      checkEqual(log, ["first"], "the routes called for the first event");
      await dispatch();
      checkEqual(log.slice(1), ["first", "new"], "the routes called for the second event");
    },
  ),
  routerCase(
    "settles at once when its run is stopped, tells the handler at work, and calls no further one",
    async ({ router, log, failures, patience }) => {
      const stop = new AbortController();
      const began = Promise.withResolvers<AbortSignal>();
      router.add({
        label: "hangs",
        types: "*",
        matches: () => true,
        handle: (_event, { signal }) => {
          began.resolve(signal);
          return never();
        },
      });
      router.add({
        label: "further",
        types: "*",
        matches: () => true,
        handle: () => void log.push("further"),
      });
      const dispatched = router.dispatch(eventOf({}), contextOf(stop.signal));
      const signal = await within(patience, "the handler was not called", () => began.promise);
      stop.abort();
      check(await settlesAtOnce(dispatched), "dispatch did not settle at once");
      check(signal.aborted, "the signal of the handler at work did not fire");
      checkEqual(log, [], "the routes called after the stop");
      checkEqual(failures, [], "the failures told of");
    },
  ),
  routerCase(
    "handles events of different threads side by side, since runs may be ordered by thread",
    async ({ router, add, dispatch, log }) => {
      const gate = Promise.withResolvers<void>();
      add("route", ({ threadId }) => (threadId === "slow" ? gate.promise : undefined));
      const slow = router.dispatch(
        eventOf({ threadId: "slow" }),
        contextOf(new AbortController().signal),
      );
      await dispatch({ threadId: "quick" });
      gate.resolve();
      await slow;
      checkEqual(log, ["route", "route"], "the routes called");
    },
  ),
];
