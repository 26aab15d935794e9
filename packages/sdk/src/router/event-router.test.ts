import type { StreamEvent } from "@signalbox/contract";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { EventRouter, guardListener } from "./event-router.ts";
import type { DispatchContext, HandlerContext, HandlerFailure, Route } from "./route.ts";

function event(seq = 1, type = "session.created"): StreamEvent {
  return { type, threadId: null, payload: {}, seq, at: 0 };
}

function context(signal = new AbortController().signal): DispatchContext {
  return { signal, cursor: "e:1", threadId: null, reconnects: 0 };
}

function route(
  label: string,
  handle: Route["handle"],
  matches: Route["matches"] = () => true,
): Route {
  return { label, types: "*", matches, handle };
}

function routerWith(handlerDeadline = Number.POSITIVE_INFINITY) {
  const failures: HandlerFailure[] = [];
  const router = new EventRouter({
    handlerDeadline,
    onHandlerError: (failure) => failures.push(failure),
  });
  return { router, failures };
}

const never = () => new Promise<void>(() => undefined);

describe("EventRouter", () => {
  it("calls every matching handler in the order of registration, each after the one before is done", async () => {
    const { router } = routerWith();
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    router.add(
      route("first", async () => {
        log.push("first began");
        await gate.promise;
        log.push("first ended");
      }),
    );
    router.add(
      route(
        "other",
        () => log.push("other"),
        () => false,
      ),
    );
    router.add(route("second", () => log.push("second")));
    const dispatched = router.dispatch(event(), context());
    expect(log).toEqual(["first began"]);
    gate.resolve();
    await dispatched;
    expect(log).toEqual(["first began", "first ended", "second"]);
  });

  it("reports a handler that throws, one that rejects and a matcher that throws, once each, and goes on", async () => {
    const { router, failures } = routerWith();
    const seen: string[] = [];
    const fault = new Error("fault");
    router.add(
      route("throws", () => {
        throw fault;
      }),
    );
    router.add(route("rejects", () => Promise.reject(fault)));
    router.add(
      route(
        "matcher",
        () => seen.push("never"),
        () => {
          throw fault;
        },
      ),
    );
    router.add(route("last", () => seen.push("last")));
    const on = event();
    await router.dispatch(on, context());
    expect(seen).toEqual(["last"]);
    expect(failures).toEqual([
      { reason: "threw", error: fault, handler: "throws", event: on },
      { reason: "threw", error: fault, handler: "rejects", event: on },
      { reason: "matcher", error: fault, handler: "matcher", event: on },
    ]);
  });

  it("leaves a handler behind at its deadline, fires its signal, and calls the next one", async () => {
    const { router, failures } = routerWith(10);
    const seen: string[] = [];
    let signal: AbortSignal | undefined;
    router.add(
      route("hangs", (_event, handlerContext) => {
        signal = handlerContext.signal;
        return never();
      }),
    );
    router.add(route("next", () => seen.push("next")));
    await router.dispatch(event(), context());
    expect(seen).toEqual(["next"]);
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toMatchObject({ name: "TimeoutError" });
    expect(failures).toMatchObject([{ reason: "deadline", handler: "hangs" }]);
  });

  it("does not report again what a handler left behind rejects with later", async () => {
    const { router, failures } = routerWith(5);
    const late = Promise.withResolvers<void>();
    router.add(route("late", () => late.promise));
    await router.dispatch(event(), context());
    late.reject(new Error("too late"));
    await late.promise.catch(() => undefined);
    expect(failures.map((failure) => failure.reason)).toEqual(["deadline"]);
  });

  it("settles at once when its run is stopped while a handler runs, and calls no further handler", async () => {
    const { router, failures } = routerWith();
    const stop = new AbortController();
    const seen: string[] = [];
    let signal: AbortSignal | undefined;
    router.add(
      route("hangs", (_event, handlerContext) => {
        signal = handlerContext.signal;
        return never();
      }),
    );
    router.add(route("next", () => seen.push("next")));
    const dispatched = router.dispatch(event(), context(stop.signal));
    stop.abort("enough");
    await dispatched;
    expect(signal?.reason).toBe("enough");
    expect(seen).toEqual([]);
    expect(failures).toEqual([]);
  });

  it("fires a signal that is looked at only after the deadline", async () => {
    const { router } = routerWith(5);
    const kept: HandlerContext[] = [];
    router.add(
      route("hangs", (_event, handlerContext) => {
        kept.push(handlerContext);
        return never();
      }),
    );
    await router.dispatch(event(), context());
    expect(kept[0]?.signal.aborted).toBe(true);
  });

  it("does not call a handler that was removed by an earlier one, and keeps a new one for the next event", async () => {
    const { router } = routerWith();
    const seen: string[] = [];
    router.add(
      route("first", () => {
        removeSecond();
        router.add(route("third", () => seen.push("third")));
      }),
    );
    const removeSecond = router.add(route("second", () => seen.push("second")));
    await router.dispatch(event(1), context());
    expect(seen).toEqual([]);
    removeSecond();
    await router.dispatch(event(2), context());
    expect(seen).toEqual(["third"]);
  });

  it("gives handlers the event, its cursor and what the run is", async () => {
    const { router } = routerWith();
    const seen: unknown[] = [];
    router.add(
      route("one", (_event, { event: whole, cursor, threadId, reconnects }) =>
        seen.push({ seq: whole.seq, cursor, threadId, reconnects }),
      ),
    );
    await router.dispatch(event(7), { ...context(), cursor: "e:7", threadId: "t", reconnects: 3 });
    expect(seen).toEqual([{ seq: 7, cursor: "e:7", threadId: "t", reconnects: 3 }]);
  });

  it("reaches exactly the registered, matching handlers in order, whatever else is registered, removed or throws", async () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant("add" as const),
        modulus: fc.integer({ min: 1, max: 3 }),
        throws: fc.boolean(),
      }),
      fc.record({ do: fc.constant("remove" as const), index: fc.nat(9) }),
      fc.record({ do: fc.constant("dispatch" as const), seq: fc.nat(20) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { router } = routerWith();
        const model: { id: number; modulus: number; remove: () => void }[] = [];
        let calls: number[] = [];
        let ids = 0;
        for (const one of steps) {
          if (one.do === "add") {
            const id = ids++;
            const remove = router.add(
              route(
                String(id),
                () => {
                  calls.push(id);
                  if (one.throws) throw new Error("fault");
                },
                ({ seq }) => seq % one.modulus === 0,
              ),
            );
            model.push({ id, modulus: one.modulus, remove });
          } else if (one.do === "remove") {
            const [gone] = model.splice(one.index % (model.length + 1), 1);
            gone?.remove();
            gone?.remove();
          } else {
            calls = [];
            await router.dispatch(event(one.seq), context());
            const expected = model.filter(({ modulus }) => one.seq % modulus === 0);
            expect(calls).toEqual(expected.map(({ id }) => id));
          }
        }
      }),
    );
  });
});

describe("guardListener", () => {
  it("writes to the console what the listener itself throws, with the failure", () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    try {
      const listen = guardListener(() => {
        throw new Error("in the listener");
      });
      listen({ reason: "threw", error: new Error("in the handler"), handler: "x", event: event() });
      const written = log.mock.calls.flat().map(String).join(" ");
      expect(written).toContain("in the listener");
      expect(written).toContain("in the handler");
    } finally {
      log.mockRestore();
    }
  });
});
