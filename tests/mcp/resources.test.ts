/** The resources of `signalbox mcp` over stdio, on the real hub. */
import { operations } from "@signalbox/contract";
import { text } from "@signalbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  call,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../../packages/hub/fixtures/hub-world.ts";
import { connectOverStdio, modern, type StdioClient } from "./client.ts";

let world: HubWorld;
let shared: StdioClient;
beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("It is a test."));
  shared = await connectOverStdio(world.hub);
});
afterAll(async () => {
  await shared[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function createSession(handle?: string): Promise<string> {
  const { session } = await call(world.hub, operations["sessions.create"], {});
  const { sessionId } = session;
  if (handle !== undefined) {
    await call(world.hub, operations["sessions.rename"], { sessionId, handle });
  }
  return sessionId;
}

async function say(sessionId: string, words: string): Promise<void> {
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await call(world.hub, operations["sessions.send_message"], { sessionId, text: words });
  await stream.event("app_server.turn.completed");
}

async function read(uri: string): Promise<Record<string, unknown>> {
  const { contents } = await shared.client.readResource({ uri });
  expect(contents).toEqual([{ uri, mimeType: "application/json", text: expect.any(String) }]);
  return JSON.parse((contents[0] as { text: string }).text) as Record<string, unknown>;
}

/** All entries of a list, page by page, and how many pages there were. */
async function readAll(uri: string) {
  const data: Record<string, unknown>[] = [];
  let pages = 0;
  for (let next: unknown = uri; typeof next === "string"; pages += 1) {
    const page = await read(next);
    data.push(...(page.data as Record<string, unknown>[]));
    next = page.next;
  }
  return { data, pages };
}

test("sessions are listed as resources, by page, with templates for what is in them", async () => {
  const sessionId = await createSession("@listed");
  const { resources } = await shared.client.listResources();
  expect(resources[0]).toMatchObject({ uri: "signalbox://sessions", name: "sessions" });
  expect(resources).toContainEqual(
    expect.objectContaining({ uri: `signalbox://sessions/${sessionId}`, name: "@listed" }),
  );
  const { resourceTemplates } = await shared.client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
    "signalbox://sessions/{sessionId}",
    "signalbox://sessions/{sessionId}/transcript{?after}",
    "signalbox://sessions/{sessionId}/events{?after}",
  ]);
});

test("a session is read by its id or its handle", async () => {
  const sessionId = await createSession("@reader");
  const byId = await read(`signalbox://sessions/${sessionId}`);
  expect(byId).toMatchObject({ sessionId, handle: "@reader" });
  expect(await read("signalbox://sessions/@reader")).toEqual(byId);
});

test("the list of sessions goes on where a page ends", async () => {
  for (let n = 0; n < 51; n += 1) await createSession();
  const { data, pages } = await readAll("signalbox://sessions");
  expect(pages).toBeGreaterThan(1);
  const ids = data.map(({ sessionId }) => sessionId);
  expect(new Set(ids).size).toBe(ids.length);
  const all = await call(world.hub, operations["sessions.list"], { limit: 200 });
  expect(ids).toEqual(all.data.map(({ sessionId }) => sessionId));
});

test("a transcript and all events are read page by page, nothing missing or doubled", async () => {
  const sessionId = await createSession("@paged");
  const turnId = "t1";
  for (let n = 0; n < 51; n += 1) {
    await call(world.hub, operations["sessions.transcript.upsert"], {
      sessionId,
      messageId: `note-${n}`,
      turnId,
      role: "system",
      type: "note",
      content: `Note ${n}`,
      status: "complete",
      startedAt: n,
    });
  }
  const transcript = await readAll("signalbox://sessions/@paged/transcript");
  expect(transcript.pages).toBe(2);
  expect(transcript.data.map(({ content }) => content)).toEqual(
    Array.from({ length: 51 }, (_, n) => `Note ${n}`),
  );
  const events = await readAll("signalbox://sessions/@paged/events");
  expect(events.pages).toBeGreaterThan(1);
  const seqs = events.data.map(({ seq }) => seq as number);
  expect(seqs).toEqual([...new Set(seqs)].toSorted((one, other) => one - other));
  expect(events.data.filter(({ type }) => type === "transcript.upserted")).toHaveLength(51);
});

test("what came later is read from the cursor of the last page on", async () => {
  const sessionId = await createSession();
  await say(sessionId, "First");
  const uri = `signalbox://sessions/${sessionId}/transcript`;
  const { cursor } = await read(uri);
  await say(sessionId, "Second");
  const { data } = await read(`${uri}?after=${encodeURIComponent(String(cursor))}`);
  expect((data as { content: string }[]).map(({ content }) => content)).toEqual([
    "Second",
    "It is a test.",
  ]);
});

test("what there is not is refused, with the hub's own error", async () => {
  await expect(shared.client.readResource({ uri: "signalbox://sessions/nobody" })).rejects.toThrow(
    /nobody/,
  );
  await expect(shared.client.readResource({ uri: "signalbox://elsewhere" })).rejects.toMatchObject({
    code: 1002,
    data: { code: "invalid_request", category: "validation" },
  });
  const uri = `signalbox://sessions/${await createSession()}/events?after=soon`;
  await expect(shared.client.readResource({ uri })).rejects.toMatchObject({
    data: { code: "invalid_cursor" },
  });
});

test("ids and handles of sessions are completed", async () => {
  const sessionId = await createSession("@complete-me");
  const complete = async (value: string, name = "sessionId") => {
    const uri = "signalbox://sessions/{sessionId}/transcript{?after}";
    const ref = { type: "ref/resource", uri } as const;
    const { completion } = await shared.client.complete({ ref, argument: { name, value } });
    return completion;
  };
  expect(await complete("@compl")).toEqual({ values: ["@complete-me"], hasMore: false });
  expect((await complete(sessionId.slice(0, -1))).values).toContain(sessionId);
  expect(await complete("@nobody")).toEqual({ values: [], hasMore: false });
  expect(await complete("1", "after")).toEqual({ values: [], hasMore: false });
});

describe("a client that subscribes", () => {
  /** Updates as they come: `of` resolves when one of this address has come. */
  function updatesOf({ client }: StdioClient) {
    const uris: string[] = [];
    const waiting = new Set<() => void>();
    client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
      uris.push(params.uri);
      for (const wake of waiting) wake();
    });
    return {
      uris,
      async of(uri: string) {
        while (!uris.includes(uri)) await new Promise<void>((resolve) => waiting.add(resolve));
      },
    };
  }

  test("is told of what it subscribed to and of nothing else, until it unsubscribes", async () => {
    await using connected = await connectOverStdio(world.hub);
    const { client } = connected;
    const updates = updatesOf(connected);
    const one = await createSession();
    const other = await createSession();
    const transcript = (id: string) => `signalbox://sessions/${id}/transcript`;
    await client.subscribeResource({ uri: transcript(one) });
    // The hub's stream is there once something came over it.
    await client.subscribeResource({ uri: `signalbox://sessions/${other}` });
    await say(other, "Hello");
    await say(one, "Hello");
    await updates.of(transcript(one));
    expect(updates.uris).not.toContain(transcript(other));
    await client.unsubscribeResource({ uri: transcript(one) });
    updates.uris.length = 0;
    await say(one, "Hello");
    await say(other, "Hello");
    await updates.of(`signalbox://sessions/${other}`);
    expect(updates.uris).not.toContain(transcript(one));
  });

  test("by a handle is told under it of the session that had it, and is refused one that nobody has", async () => {
    await using connected = await connectOverStdio(world.hub);
    const { client } = connected;
    const updates = updatesOf(connected);
    const sessionId = await createSession("@followed");
    const [byHandle, byId] = ["@followed", sessionId].map(
      (name) => `signalbox://sessions/${name}/transcript`,
    );
    await client.subscribeResource({ uri: byHandle! });
    await client.subscribeResource({ uri: byId! });
    await call(world.hub, operations["sessions.rename"], { sessionId, handle: "@renamed" });
    await say(sessionId, "Hello");
    await Promise.all([updates.of(byHandle!), updates.of(byId!)]);
    await client.unsubscribeResource({ uri: byId! });
    updates.uris.length = 0;
    await say(sessionId, "Hello");
    await updates.of(byHandle!);
    expect(updates.uris).not.toContain(byId);
    const unknown = client.subscribeResource({ uri: "signalbox://sessions/@nobody" });
    await expect(unknown).rejects.toThrow(/@nobody/);
  });

  test("by the protocol of July 2026 is told over its subscription", async () => {
    await using connected = await connectOverStdio(world.hub, { client: modern });
    const { client } = connected;
    const updates = updatesOf(connected);
    const listed = Promise.withResolvers<void>();
    client.setNotificationHandler("notifications/resources/list_changed", () => listed.resolve());
    const uri = `signalbox://sessions/${await createSession()}/events`;
    await using _ = await subscribe(client, {
      resourceSubscriptions: [uri],
      resourcesListChanged: true,
    });
    await say(uri.split("/")[3]!, "Hello");
    await updates.of(uri);
    expect(new Set(updates.uris)).toEqual(new Set([uri]));
    await createSession();
    await listed.promise;
  });

  async function subscribe(
    client: StdioClient["client"],
    filter: Parameters<StdioClient["client"]["listen"]>[0],
  ): Promise<AsyncDisposable> {
    const subscription = await client.listen(filter);
    expect(subscription.honoredFilter).toEqual(filter);
    return { [Symbol.asyncDispose]: () => subscription.close() };
  }

  test("to more than 1,024 addresses is refused", async () => {
    await using connected = await connectOverStdio(world.hub);
    const { client } = connected;
    for (let n = 0; n < 1_024; n += 1) {
      await client.subscribeResource({ uri: `signalbox://sessions/s${n}` });
    }
    await client.subscribeResource({ uri: "signalbox://sessions/s0" });
    await expect(client.subscribeResource({ uri: "signalbox://sessions/more" })).rejects.toThrow(
      /1024 subscriptions/,
    );
    await expect(client.subscribeResource({ uri: "signalbox://elsewhere" })).rejects.toThrow(
      /nothing to read/,
    );
  });
});
