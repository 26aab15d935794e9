/** What surrounds a call: hooks, retries, headers, raw requests, plugins; against a hub that fails on demand. */
import { type HookFailure, type Plugin, Signalbox, type SignalboxOptions } from "@signalbox/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Faults, FaultyHub } from "./faulty-hub/commands.ts";

let hub: FaultyHub;
let earlier: number;

beforeAll(async () => {
  hub = await FaultyHub.start();
});
afterAll(() => hub[Symbol.asyncDispose]());
beforeEach(async () => {
  await hub.tell({ do: "faults", faults: {} });
  earlier = (await hub.tell({ do: "report" })).requests.length;
});

const open = (options: Partial<SignalboxOptions> = {}) =>
  new Signalbox({ url: hub.url, token: hub.token, ...options });
const answers = (...list: NonNullable<Faults["answers"]>) =>
  hub.tell({ do: "faults", faults: { answers: list } });
const requests = async () => (await hub.tell({ do: "report" })).requests.slice(earlier);
const refusal = (code: string, retryable: boolean) => ({
  status: 503,
  body: JSON.stringify({ status: "error", code, message: code, retryable, details: {} }),
});
const message = { sessionId: "s", text: "hey" };
const soon = { base: 1, cap: 2 };

describe("hooks", () => {
  test("run for every operation first, then for their own, each in the order they were added", async () => {
    const box = open();
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(name);
    box.before("sessions.list", note("own 1"));
    box.before("*", note("all 1"));
    box.before("sessions.get", note("other"));
    box.useMiddleware({ before: note("all 2"), after: note("after all") });
    box.useMiddleware({ before: note("own 2"), after: note("after own") }, "sessions.list");
    box.onError("*", note("error"));
    await box.sessions.list();
    expect(ran).toEqual(["all 1", "all 2", "own 1", "own 2", "after all", "after own"]);
  });

  test("of the kind before may change what is sent, one awaited after the other", async () => {
    const box = open();
    box.before("sessions.send_message", async (call) => {
      await Promise.resolve();
      call.input.text += " there";
      call.headers.set("x-trace", "7");
    });
    box.before("sessions.send_message", (call) => {
      call.input = { ...call.input, text: call.input.text.toUpperCase() };
      call.headers.set("authorization", "Bearer of another");
    });
    const given = { ...message };
    await box.sessions.sendMessage(given);
    expect(await requests()).toMatchObject([
      {
        body: '{"text":"HEY THERE"}',
        headers: { "x-trace": "7", authorization: `Bearer ${hub.token}` },
      },
    ]);
    expect(given).toEqual(message);
  });

  test("that throw before the call end it: nothing is sent, and its error hooks hear of it", async () => {
    const box = open();
    const heard: unknown[] = [];
    const no = new Error("not now");
    box.before("*", () => Promise.reject(no));
    box.onError("sessions.list", (call, error) => heard.push(call.operation, error));
    await expect(box.sessions.list()).rejects.toBe(no);
    expect(heard).toEqual(["sessions.list", no]);
    expect(await requests()).toEqual([]);
  });

  test("that throw after the call are reported, change nothing and send nothing again", async () => {
    const failures: HookFailure[] = [];
    const box = open({ retry: soon, onHookError: (failure) => failures.push(failure) });
    const late = new Error("late");
    const ran: string[] = [];
    box.after("*", () => {
      throw late;
    });
    box.after("*", () => ran.push("the next one"));
    await answers({ status: 200, body: '{"data":[]}' });
    expect(await box.sessions.list()).toEqual({ data: [] });
    expect(failures).toEqual([{ hook: "after", operation: "sessions.list", error: late }]);
    expect(ran).toEqual(["the next one"]);
    expect(await requests()).toHaveLength(1);
  });

  test("that throw on an error leave the caller its own error", async () => {
    const failures: HookFailure[] = [];
    const box = open({ onHookError: (failure) => failures.push(failure) });
    box.onError("*", () => {
      throw new Error("worse");
    });
    await answers(refusal("internal_error", false));
    await expect(box.sessions.list()).rejects.toMatchObject({ code: "internal_error" });
    expect(failures).toMatchObject([{ hook: "onError", error: { message: "worse" } }]);
  });

  test("see the answer once, however often the call was sent", async () => {
    const box = open({ retry: soon });
    const heard: unknown[] = [];
    box.before("*", () => heard.push("before"));
    box.after("sessions.list", (_, output) => heard.push(output.data));
    box.onError("*", (_, error) => heard.push(error));
    await answers(refusal("overloaded", true), { status: 200, body: '{"data":[]}' });
    await box.sessions.list();
    expect(heard).toEqual(["before", []]);
    expect(await requests()).toHaveLength(2);
  });

  test("can be taken away again, and an object's are called on it", async () => {
    const box = open();
    const counter = {
      calls: 0,
      before() {
        this.calls += 1;
      },
    };
    const remove = box.useMiddleware(counter);
    await box.sessions.list();
    remove();
    remove();
    await box.sessions.list();
    expect(counter.calls).toBe(1);
    expect(() => box.useMiddleware({})).toThrow(/needs a function before, after or onError/);
  });
});

describe("a retry policy", () => {
  test("sends a read again until it succeeds, and not more often than it says", async () => {
    const busy = refusal("overloaded", true);
    await answers(busy, busy, { status: 200, body: "{}" });
    await open({ retry: { ...soon, attempts: 3 } }).sessions.list();
    await answers(busy, busy, { status: 200, body: "{}" });
    await expect(open({ retry: { ...soon, attempts: 2 } }).sessions.list()).rejects.toMatchObject({
      code: "overloaded",
    });
    expect(await requests()).toHaveLength(5);
  });

  test("sends a broken read again, and nothing that can't succeed later", async () => {
    await answers("drop", { status: 200, body: "{}" });
    await open({ retry: soon }).sessions.list();
    await answers(refusal("session_not_found", false));
    await expect(open({ retry: soon }).sessions.list()).rejects.toThrow();
    expect(await requests()).toHaveLength(3);
  });

  test("never sends a write again that it does not name", async () => {
    const box = open({ retry: { ...soon, writes: ["sessions.interrupt"] } });
    await answers("drop");
    await expect(box.sessions.sendMessage(message)).rejects.toMatchObject({
      code: "outcome_unknown",
    });
    await answers(refusal("overloaded", true));
    await expect(box.sessions.sendMessage(message)).rejects.toMatchObject({ code: "overloaded" });
    const sent = await requests();
    expect(sent).toHaveLength(2);
    expect(sent[0]?.headers).not.toHaveProperty("idempotency-key");
  });

  test("sends a write it names under one key, so that the hub does it once", async () => {
    const box = open({ retry: { ...soon, writes: ["sessions.send_message"] } });
    await answers("drop", refusal("overloaded", true), { status: 202, body: "{}" });
    await box.sessions.sendMessage(message);
    await box.sessions.sendMessage(message, { idempotencyKey: "mine" });
    const keys = (await requests()).map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual([keys[0], keys[0], keys[0], "mine"]);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  test("asks before it sends again, where it is told to", async () => {
    const asked: unknown[] = [];
    const box = open({
      retry: {
        ...soon,
        shouldRetry: (error, attempt) => {
          asked.push([error.code, attempt]);
          return attempt < 2;
        },
      },
    });
    const busy = refusal("overloaded", true);
    await answers(busy, busy, busy);
    await expect(box.sessions.list()).rejects.toMatchObject({ code: "overloaded" });
    expect(asked).toEqual([
      ["overloaded", 1],
      ["overloaded", 2],
    ]);
    expect(await requests()).toHaveLength(2);
  });

  test("ends with its caller's signal while it waits, and within the call's time", async () => {
    const box = open({ retry: { base: 1e9, cap: 1e9 } });
    const stop = new AbortController();
    box.onError("*", () => {});
    await answers(refusal("overloaded", true), refusal("overloaded", true));
    await expect(box.sessions.list({}, { timeout: 5_000 })).rejects.toMatchObject({
      code: "overloaded",
    });
    const list = box.sessions.list({}, { timeout: Infinity, signal: stop.signal });
    await expect.poll(requests).toHaveLength(2);
    stop.abort();
    await expect(list).rejects.toMatchObject({ code: "aborted" });
  });
});

test("a header provider is asked for each send, and gives way to hooks and to the client's own", async () => {
  let asked = 0;
  const box = open({
    retry: soon,
    headers: async () => {
      asked += 1;
      return { "x-proxy": `${asked}`, "x-trace": "provider", authorization: "none" };
    },
  });
  box.before("*", ({ headers }) => headers.set("x-trace", "hook"));
  await answers(refusal("overloaded", true));
  await box.sessions.list();
  const authorization = `Bearer ${hub.token}`;
  expect((await requests()).map(({ headers }) => headers)).toMatchObject([
    { "x-proxy": "1", "x-trace": "hook", authorization },
    { "x-proxy": "2", "x-trace": "hook", authorization },
  ]);
});

describe("a raw request", () => {
  test("reaches any route, with or without the prefix, and takes hooks by its name", async () => {
    const box = open();
    const seen: unknown[] = [];
    box.before("mine", ({ operation, input }) => seen.push(operation, input));
    await answers({ status: 200, body: '{"any":"thing"}' });
    const options = { query: { a: 1, b: ["x", "y&"], c: undefined }, operation: "mine" };
    expect(await box.raw.request("get", "/models", options)).toEqual({ any: "thing" });
    await box.raw.request("POST", "/api/x?y=1", { body: [null], headers: { "x-a": "b" } });
    expect(await requests()).toMatchObject([
      { method: "GET", url: "/api/models?a=1&b=x&b=y%26", body: "" },
      { method: "POST", url: "/api/x?y=1", body: "[null]", headers: { "x-a": "b" } },
    ]);
    expect(seen).toEqual([
      "mine",
      { method: "GET", path: "/models", query: options.query, body: undefined },
    ]);
  });

  test.each([
    ["GET", "models"],
    ["GET", "//elsewhere/x"],
    ["GET", "/a b"],
    ["GE T", "/models"],
  ])("refuses %s %s before it is sent", async (method, path) => {
    await expect(open().raw.request(method, path)).rejects.toMatchObject({
      code: "invalid_request",
    });
    expect(await requests()).toEqual([]);
  });
});

describe("plugins", () => {
  const noted = (ran: string[], name: string, failing?: "start" | "stop"): Plugin => {
    const note = (what: "start" | "stop") => async () => {
      await Promise.resolve();
      ran.push(`${what} ${name}`);
      if (failing === what) throw new Error(`${name} can't ${what}`);
    };
    return {
      name,
      register: () => ran.push(`register ${name}`),
      start: note("start"),
      stop: note("stop"),
    };
  };

  test("are registered and started in order, once, and stopped in the other order", async () => {
    const ran: string[] = [];
    const box = open({ plugins: [noted(ran, "a"), { name: "quiet" }, noted(ran, "b")] });
    expect(ran).toEqual(["register a", "register b"]);
    await Promise.all([box.start(), box.start()]);
    await box.close();
    await box.close();
    expect(ran.slice(2)).toEqual(["start a", "start b", "stop b", "stop a"]);
  });

  test("that were started are stopped again when a later one can't start", async () => {
    const ran: string[] = [];
    const box = open({ plugins: [noted(ran, "a"), noted(ran, "b", "start"), noted(ran, "c")] });
    await expect(box.start()).rejects.toThrow("b can't start");
    await box.close();
    expect(ran.slice(3)).toEqual(["start a", "start b", "stop a"]);
  });

  test("are all stopped, also when one of them fails to", async () => {
    const ran: string[] = [];
    const failures: unknown[] = [];
    const box = open({
      plugins: [noted(ran, "a"), noted(ran, "b", "stop")],
      onPluginError: (failure) => failures.push(failure),
    });
    await box.start();
    await box.close();
    expect(ran.slice(-2)).toEqual(["stop b", "stop a"]);
    expect(failures).toMatchObject([{ plugin: "b", error: { message: "b can't stop" } }]);
  });

  test("of which one can't register leave no client", () => {
    const plugin = {
      name: "broken",
      register: () => {
        throw new Error("no");
      },
    };
    expect(() => open({ plugins: [plugin] })).toThrow("no");
  });
});
