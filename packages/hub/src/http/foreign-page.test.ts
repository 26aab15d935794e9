/** What a page of another origin can do to a hub, seen in a real browser: nothing, even if it knew the token. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { operations } from "@signalbox/contract";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, createHubWorld, type HubWorld } from "../../fixtures/hub-world.ts";

let world: HubWorld;
let browser: Browser;
/** A site the hub knows nothing of. */
const site = createServer((_, response) => response.setHeader("content-type", "text/html").end(""));

beforeAll(async () => {
  site.listen(0, "127.0.0.1");
  [world, browser] = await Promise.all([
    createHubWorld(),
    chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] }),
    once(site, "listening"),
  ]);
});
afterAll(async () => {
  await browser.close();
  site.close();
  await world[Symbol.asyncDispose]();
});

async function openPage(url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

interface Ask {
  readonly method?: string;
  readonly mode?: "cors" | "no-cors";
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** What the page sees of a request: its status, or that the browser gave it nothing. */
function statusOf(page: Page, init: Ask): Promise<number | string> {
  const url = `${world.hub.url}/api/sessions`;
  return page.evaluate(
    ([target, options]) => fetch(target, options).then((r) => r.status, String),
    [url, init] as const,
  );
}

/** What the page gets on the stream: the first frame, or nothing. */
function firstFrameOf(page: Page, protocols: string[]): Promise<string> {
  const url = `${world.hub.url.replace("http", "ws")}/api/stream`;
  return page.evaluate(
    ([target, offered]) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(target, offered);
        socket.onmessage = (message) => resolve(JSON.parse(String(message.data)).type);
        socket.onclose = () => resolve("closed");
      }),
    [url, protocols] as const,
  );
}

const sessions = async () => (await call(world.hub, operations["sessions.list"], {})).data;

describe("a page of another origin", () => {
  test("can read nothing and change nothing, with the token or without", async () => {
    const page = await openPage(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
    const headers = { authorization: `Bearer ${world.hub.token}` };
    for (const init of [
      { headers },
      { method: "POST", headers },
      { method: "POST", mode: "cors" },
    ] as const)
      expect(await statusOf(page, init)).toMatch(/Failed to fetch/);
    // An opaque answer: the browser sent it and shows nothing of what came back.
    expect(await statusOf(page, { method: "POST", mode: "no-cors", body: "{}" })).toBe(0);
    expect(await sessions()).toEqual([]);
  });

  test("can open no stream, even if it knew the token", async () => {
    const page = await openPage(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
    expect(await firstFrameOf(page, ["signalbox", `bearer.${world.hub.token}`])).toBe("closed");
    expect(await firstFrameOf(page, [])).toBe("closed");
  });

  test("is refused by a name of its own that points here, too", async () => {
    const { port } = world.hub;
    const rebound = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--host-resolver-rules=MAP evil.example 127.0.0.1"],
    });
    try {
      const page = await rebound.newPage();
      const response = await page.goto(`http://evil.example:${port}/healthz`);
      expect(response?.status()).toBe(403);
      expect(await response?.json()).toMatchObject({ code: "foreign_host" });
    } finally {
      await rebound.close();
    }
  });
});

test("a page of the hub's own origin gets in with the token, on the stream by its subprotocol", async () => {
  const page = await openPage(`${world.hub.url}/healthz`);
  const headers = { authorization: `Bearer ${world.hub.token}` };
  expect(await statusOf(page, { headers })).toBe(200);
  expect(await statusOf(page, {})).toBe(401);
  expect(await firstFrameOf(page, ["signalbox", `bearer.${world.hub.token}`])).toBe("ready");
  expect(await firstFrameOf(page, ["signalbox"])).toBe("closed");
});
