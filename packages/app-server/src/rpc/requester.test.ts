import { clientRequests } from "@signalbox/protocol";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { AppServerError } from "../errors.ts";
import { PendingRequests } from "../router/pending-requests.ts";
import { MAX_IN_FLIGHT, type Outlet, Requester } from "./requester.ts";

type Sent = { id: number; method: string; params: unknown };

/** A requester over an outlet that only writes down what it is given. */
function setUp(over: Partial<Outlet> = {}) {
  const pending = new PendingRequests();
  const sent: Sent[] = [];
  const outlet: Outlet = {
    ready: async () => {},
    check: () => {},
    send: (message) => void sent.push(message as Sent),
    ...over,
  };
  const requester = new Requester(pending);
  /** Answers the nth message that was sent. */
  const answer = (n: number, body: { result: unknown } | { error: unknown } = { result: {} }) =>
    pending.settle({ id: sent[n]?.id ?? -1, ...body } as never);
  /** Resolves when `count` messages were sent. */
  const written = async (count: number) => {
    await vi.waitFor(() => expect(sent.length).toBeGreaterThanOrEqual(count), { interval: 1 });
    return sent;
  };
  return { pending, sent, outlet, requester, answer, written };
}

const write = ["thread/name/set", { threadId: "t", name: "n" }] as const;
const read = ["thread/loaded/list", {}] as const;
const overloaded = { error: { code: -32001, message: "Server overloaded; retry later." } };
const pathOf = (message: Sent | undefined) =>
  (message?.params as { path: string } | undefined)?.path;
const outcomeOf = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: AppServerError) => error,
  );

afterEach(() => void vi.restoreAllMocks());

describe("Requester", () => {
  test("writes requests in the order they were made, never more than 64 unanswered, and gives each its own answer, whatever the order of answers", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200 }),
        fc.infiniteStream(fc.nat(MAX_IN_FLIGHT)),
        async (count, picks) => {
          const { requester, outlet, sent, answer, pending, written } = setUp();
          const results = Array.from({ length: count }, (_, n) =>
            requester.request(outlet, "fs/readFile", { path: `/${n}` }),
          );
          const open = new Set<number>();
          let taken = 0;
          for (let answered = 0; answered < count; answered++) {
            await written(Math.min(count, answered + MAX_IN_FLIGHT));
            for (; taken < sent.length; taken++) open.add(taken);
            expect(open.size).toBeLessThanOrEqual(MAX_IN_FLIGHT);
            const [pick = 0] = picks.take(1);
            const chosen = [...open][pick % open.size] as number;
            open.delete(chosen);
            answer(chosen, { result: { dataBase64: pathOf(sent[chosen]) } });
          }
          expect(sent.map(({ params }) => params)).toEqual(
            results.map((_, n) => ({ path: `/${n}` })),
          );
          expect(await Promise.all(results)).toEqual(
            results.map((_, n) => ({ dataBase64: `/${n}` })),
          );
          expect(pending.size).toBe(0);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("gives every request an id of its own and always params", async () => {
    const { requester, outlet, answer, written } = setUp();
    const all = [
      requester.request(outlet, "account/logout", undefined),
      requester.request(outlet, ...read),
    ];
    const sent = await written(2);
    expect(sent[0]).toEqual({ id: sent[0]?.id, method: "account/logout", params: {} });
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2);
    answer(0);
    answer(1);
    await Promise.all(all);
  });

  test("calls a lost answer ambiguous for every method but a pure read, whichever way it was lost", async () => {
    const gone = new AppServerError("transport_closed", "the process is gone");
    for (const [method, { pureRead }] of Object.entries(clientRequests)) {
      const { requester, outlet, pending, written } = setUp();
      const stop = new AbortController();
      const one = requester.request(outlet, method as "thread/list", {}, { signal: stop.signal });
      const two = requester.request(outlet, method as "thread/list", {});
      const outcomes = [outcomeOf(one), outcomeOf(two)];
      await written(2);
      stop.abort();
      pending.failAll(gone);
      expect(await Promise.all(outcomes)).toMatchObject([
        { code: "aborted", ambiguous: !pureRead, method },
        { code: "transport_closed", ambiguous: !pureRead, method, cause: gone },
      ]);
    }
  });

  test("ends at its deadline, and a late answer finds nobody", async () => {
    const { requester, outlet, answer, pending } = setUp();
    const outcome = await outcomeOf(requester.request(outlet, ...write, { deadline: 20 }));
    expect(outcome).toMatchObject({
      code: "timeout",
      ambiguous: true,
      retryable: true,
      details: { deadline: 20 },
    });
    expect(pending.size).toBe(0);
    expect(answer(0)).toBe(false);
  });

  test("waits without end for an answer when its deadline is infinite", async () => {
    const { requester, outlet, answer, written } = setUp();
    const result = requester.request(outlet, ...write, { deadline: Number.POSITIVE_INFINITY });
    await written(1);
    answer(0, { result: { done: true } });
    expect(await result).toEqual({ done: true });
  });

  test("is not ambiguous while nothing was written: before the connection is ready, without a slot, or when it can't be written", async () => {
    const notReady = setUp({
      ready: (signal) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    });
    expect(
      await outcomeOf(notReady.requester.request(notReady.outlet, ...write, { deadline: 10 })),
    ).toMatchObject({ code: "timeout", ambiguous: false });
    expect(notReady.sent).toEqual([]);

    const full = setUp();
    for (let n = 0; n < MAX_IN_FLIGHT; n++)
      void outcomeOf(full.requester.request(full.outlet, ...read));
    const stop = new AbortController();
    const waiting = outcomeOf(
      full.requester.request(full.outlet, ...write, { signal: stop.signal }),
    );
    await full.written(MAX_IN_FLIGHT);
    stop.abort();
    expect(await waiting).toMatchObject({ code: "aborted", ambiguous: false });
    expect(full.sent).toHaveLength(MAX_IN_FLIGHT);

    const closed = setUp({
      send: () => {
        throw new AppServerError("transport_closed", "stdin is closed");
      },
    });
    expect(await outcomeOf(closed.requester.request(closed.outlet, ...write))).toMatchObject({
      code: "transport_closed",
      ambiguous: false,
    });
    expect(closed.pending.size).toBe(0);
  });

  test("sends nothing for a signal that fired before, or where the running codex does not know the method", async () => {
    const { requester, outlet, sent } = setUp({
      check: (method) => {
        throw new AppServerError("unsupported", `no ${method}`, { method });
      },
    });
    const signal = AbortSignal.abort();
    expect(await outcomeOf(requester.request(outlet, ...write, { signal }))).toMatchObject({
      code: "aborted",
      ambiguous: false,
    });
    expect(await outcomeOf(requester.request(outlet, ...write))).toMatchObject({
      code: "unsupported",
    });
    expect(sent).toEqual([]);
  });

  test("tells of the request also where the caller aborts with an error of this package", async () => {
    const { requester, outlet, written } = setUp();
    const stop = new AbortController();
    const outcome = outcomeOf(requester.request(outlet, ...write, { signal: stop.signal }));
    await written(1);
    const reason = new AppServerError("aborted", "the question is no longer open");
    stop.abort(reason);
    expect(await outcome).toMatchObject({
      code: "aborted",
      ambiguous: true,
      method: "thread/name/set",
      cause: reason,
    });
  });

  test("sends an overloaded request again under a new id, after waits that double, until it is taken", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.2);
    const { requester, outlet, answer, written } = setUp();
    const times: number[] = [];
    const result = requester.request(outlet, ...write);
    for (let n = 0; n < 3; n++) {
      await written(n + 1);
      times.push(performance.now());
      answer(n, n < 2 ? overloaded : { result: { taken: true } });
    }
    expect(await result).toEqual({ taken: true });
    const sent = await written(3);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
    expect(sent).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(19);
    expect(third - second).toBeGreaterThanOrEqual(39);
  });

  test("gives up on an overloaded app-server after eight attempts, and is not ambiguous: nothing was done", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const { requester, outlet, answer, written } = setUp();
    const outcome = outcomeOf(requester.request(outlet, ...write));
    for (let n = 0; n < 8; n++) {
      await written(n + 1);
      answer(n, overloaded);
    }
    expect(await outcome).toMatchObject({
      code: "overloaded",
      retryable: true,
      ambiguous: false,
      rpc: { code: -32001 },
    });
    expect(await written(8)).toHaveLength(8);
  });

  test("stops waiting to send again when it is aborted", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const { requester, outlet, answer, written, sent, pending } = setUp();
    const stop = new AbortController();
    const outcome = outcomeOf(requester.request(outlet, ...write, { signal: stop.signal }));
    await written(1);
    answer(0, overloaded);
    await vi.waitFor(() => expect(pending.size).toBe(0), { interval: 1 });
    stop.abort();
    expect(await outcome).toMatchObject({ code: "aborted", ambiguous: false });
    expect(sent).toHaveLength(1);
  });

  test.each([-32600, -32601, -32602, -32603, -32000, 7])(
    "sends a request that was answered with error %d never again",
    async (code) => {
      const { requester, outlet, answer, written } = setUp();
      const outcome = outcomeOf(requester.request(outlet, ...read));
      await written(1);
      answer(0, { error: { code, message: "no", data: { why: 1 } } });
      expect(await outcome).toMatchObject({
        method: "thread/loaded/list",
        ambiguous: false,
        rpc: { code, message: "no", data: { why: 1 } },
      });
      expect(await written(1)).toHaveLength(1);
    },
  );

  test("serves recovery on slots of its own, which the requests that wait for it can't take", async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { requester, outlet, answer, sent, written } = setUp({ ready: () => gate });
    const waiting = Array.from({ length: MAX_IN_FLIGHT + 1 }, () =>
      requester.request(outlet, ...read),
    );
    const recovering = requester.request(
      { ...outlet, ready: async () => {}, isRecovery: true },
      ...write,
    );
    await written(1);
    expect(sent.map(({ method }) => method)).toEqual(["thread/name/set"]);
    answer(0);
    await recovering;
    open();
    await written(1 + MAX_IN_FLIGHT);
    answer(1);
    await written(2 + MAX_IN_FLIGHT);
    for (let n = 2; n < sent.length; n++) answer(n);
    await Promise.all(waiting);
  });
});
