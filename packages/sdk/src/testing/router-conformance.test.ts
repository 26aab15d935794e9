import { describe, expect, test } from "vitest";
import { EventRouter, type EventRouterOptions } from "../router/event-router.ts";
import type { DispatchContext, Route, StreamRouter } from "../router/route.ts";
import { type MakeRouter, routerConformance } from "./router-conformance.ts";

describe("the default router", () => {
  for (const { title, run } of routerConformance) {
    test(title, () => run((options) => new EventRouter(options)));
  }
});

/** Which cases a router fails, by the beginnings of their titles. */
async function failedBy(makeRouter: MakeRouter): Promise<string[]> {
  const failed: string[] = [];
  for (const { title, run } of routerConformance) {
    try {
      await run(makeRouter, { patience: 1_000 });
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      failed.push(title.split(/[, ]+/).slice(0, 3).join(" "));
    }
  }
  return failed;
}

/** A router after the contract's wording, but for what `dispatch` does. */
function routerThat(
  dispatch: (
    routes: () => readonly Route[],
    options: EventRouterOptions,
    ...event: Parameters<StreamRouter["dispatch"]>
  ) => Promise<void>,
): MakeRouter {
  return (options) => {
    let routes: readonly Route[] = [];
    return {
      add(route) {
        routes = [...routes, route];
        return () => {
          routes = routes.filter((other) => other !== route);
        };
      },
      dispatch: (event, context) => dispatch(() => routes, options, event, context),
    };
  };
}

const contextFor = (event: Parameters<Route["handle"]>[0], context: DispatchContext) => ({
  ...context,
  event,
});

describe("a router that breaks the contract is found out:", () => {
  test("one that does nothing", async () => {
    expect(
      await failedBy(() => ({ add: () => () => undefined, dispatch: async () => undefined })),
    ).toHaveLength(routerConformance.length);
  });

  test("one that stops at the first match", async () => {
    const makeRouter = routerThat(async (routes, _options, event, context) => {
      const route = routes().find(({ matches }) => matches(event));
      await route?.handle(event, contextFor(event, context));
    });
    expect(await failedBy(makeRouter)).toContain("calls every route");
  });

  test("one that lets a failure through, and waits for whoever hangs", async () => {
    const makeRouter = routerThat(async (routes, _options, event, context) => {
      for (const route of routes()) {
        if (route.matches(event)) await route.handle(event, contextFor(event, context));
      }
    });
    expect(await failedBy(makeRouter)).toEqual([
      "goes on after",
      "leaves a handler",
      "calls a route",
      "settles at once",
    ]);
  });

  test("one that swallows failures", async () => {
    const makeRouter: MakeRouter = (options) =>
      new EventRouter({ ...options, onHandlerError: () => undefined });
    expect(await failedBy(makeRouter)).toEqual(["goes on after", "leaves a handler"]);
  });

  test("one that awaits nobody", async () => {
    const makeRouter = routerThat(async (routes, options, event, context) => {
      for (const route of routes()) {
        const handled = (async () => route.handle(event, contextFor(event, context)))();
        handled.catch((error: unknown) =>
          options.onHandlerError({ reason: "threw", error, handler: route.label, event }),
        );
      }
    });
    expect(await failedBy(makeRouter)).toContain("settles only when");
  });

  test("one that runs the last added first", async () => {
    const makeRouter: MakeRouter = (options) => {
      const routers: EventRouter[] = [];
      return {
        add(route) {
          const router = new EventRouter(options);
          routers.unshift(router);
          return router.add(route);
        },
        async dispatch(event, context) {
          for (const router of routers) await router.dispatch(event, context);
        },
      };
    };
    expect(await failedBy(makeRouter)).toContain("calls every route");
  });

  test("one that handles one event at a time", async () => {
    const makeRouter: MakeRouter = (options) => {
      const router = new EventRouter({ ...options, handlerDeadline: Number.POSITIVE_INFINITY });
      let last: Promise<void> = Promise.resolve();
      return {
        add: (route) => router.add(route),
        dispatch(event, context) {
          last = last.then(() => router.dispatch(event, context));
          return last;
        },
      };
    };
    expect(await failedBy(makeRouter)).toEqual(["leaves a handler", "handles events of"]);
  });

  test("one whose removals remove nothing", async () => {
    const makeRouter: MakeRouter = (options) => {
      const router = new EventRouter(options);
      return {
        add(route) {
          router.add(route);
          return () => undefined;
        },
        dispatch: (event, context) => router.dispatch(event, context),
      };
    };
    expect(await failedBy(makeRouter)).toEqual(["calls a removed", "calls a route"]);
  });
});
