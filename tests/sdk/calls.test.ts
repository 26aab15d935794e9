/** Operations over HTTP, against a hub that answers wrongly, late or not at all on demand. */

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Signalbox } from "@signalbox/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Faults, FaultyHub } from "./faulty-hub/commands.ts";

let hub: FaultyHub;
let box: Signalbox;

beforeAll(async () => {
  hub = await FaultyHub.start();
  box = new Signalbox({ url: hub.url, token: hub.token });
});
afterAll(() => hub[Symbol.asyncDispose]());
beforeEach(() => hub.tell({ do: "faults", faults: {} }));

const answers = (...list: NonNullable<Faults["answers"]>) =>
  hub.tell({ do: "faults", faults: { answers: list } });
const lastRequest = async () => (await hub.tell({ do: "report" })).requests.at(-1);
const message = { sessionId: "s", text: "hey" };

describe("a call", () => {
  test("sends the operation's method, encoded path, body and token, and gives the answer back", async () => {
    const body = { status: "accepted", sessionId: "a/b?", turnId: "t" } as const;
    await answers({ status: 202, body: JSON.stringify(body) });
    expect(await box.sessions.sendMessage({ sessionId: "a/b?", text: "hé" })).toEqual(body);
    expect(await lastRequest()).toMatchObject({
      method: "POST",
      url: "/api/sessions/a%2Fb%3F/messages",
      authorization: `Bearer ${hub.token}`,
      body: '{"text":"hé"}',
    });
    await box.sessions.list({ limit: 5, archived: true });
    expect(await lastRequest()).toMatchObject({
      method: "GET",
      url: "/api/sessions?limit=5&archived=true",
      body: "",
    });
  });

  test("keeps a path of the hub's URL as a prefix", async () => {
    const behindProxy = new Signalbox({ url: `${hub.url}/hub/`, token: hub.token });
    await behindProxy.system.health();
    expect((await lastRequest())?.url).toBe("/hub/api/health");
  });

  test("rejects with the hub's own error, code, category and details", async () => {
    const error = {
      status: "error",
      code: "session_busy",
      message: "busy",
      retryable: true,
      details: { turnId: "t" },
    };
    await answers({ status: 409, body: JSON.stringify(error) });
    await expect(box.sessions.sendMessage(message)).rejects.toMatchObject({
      code: "session_busy",
      category: "busy",
      retryable: true,
      details: { turnId: "t" },
    });
  });

  test("rejects with invalid_response when what answers is no hub", async () => {
    await answers({ status: 502, body: "<html>" }, { status: 200, body: "<html>" });
    await expect(box.system.health()).rejects.toMatchObject({
      code: "invalid_response",
      category: "upstream",
    });
    await expect(box.system.health()).rejects.toMatchObject({ code: "invalid_response" });
  });

  test("tells a read without an answer from a write whose outcome nobody knows", async () => {
    await answers("hang", "hang", "drop", "drop");
    const soon = { timeout: 30 };
    await expect(box.system.health({}, soon)).rejects.toMatchObject({
      code: "deadline_exceeded",
      retryable: true,
    });
    await expect(box.sessions.sendMessage(message, soon)).rejects.toMatchObject({
      code: "outcome_unknown",
      category: "ambiguous",
      retryable: false,
    });
    await expect(box.system.health()).rejects.toMatchObject({ code: "hub_unreachable" });
    await expect(box.sessions.sendMessage(message)).rejects.toMatchObject({
      code: "outcome_unknown",
    });
  });

  test("says of a write too that the hub is not there, where nothing can have been sent", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const nobody = new Signalbox({ url: `http://127.0.0.1:${port}`, token: "t" });
    await expect(nobody.sessions.sendMessage(message)).rejects.toMatchObject({
      code: "hub_unreachable",
      retryable: true,
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("is aborted by its signal, before and while it runs, and sends nothing when it was before", async () => {
    const before = (await hub.tell({ do: "report" })).requests.length;
    await expect(box.system.health({}, { signal: AbortSignal.abort("why") })).rejects.toMatchObject(
      {
        code: "aborted",
        cause: "why",
      },
    );
    expect((await hub.tell({ do: "report" })).requests.length).toBe(before);
    await answers("hang");
    const stop = new AbortController();
    const call = box.system.health({}, { signal: stop.signal });
    stop.abort();
    await expect(call).rejects.toMatchObject({ code: "aborted" });
  });

  test("refuses a path field that can't stand in a path, before anything is sent", async () => {
    await expect(box.sessions.get({ sessionId: "" })).rejects.toMatchObject({
      code: "invalid_request",
    });
  });

  test("goes through an injected fetch", async () => {
    const urls: string[] = [];
    const own = new Signalbox({
      url: "http://hub.invalid",
      token: "t",
      fetch: async (url) => {
        urls.push(String(url));
        return new Response('{"status":"ok"}');
      },
    });
    expect(await own.system.health()).toEqual({ status: "ok" });
    expect(urls).toEqual(["http://hub.invalid/api/health"]);
  });
});
