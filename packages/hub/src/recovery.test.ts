/** What is left after a sudden death: of the hub, and of codex under it. */
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HubEventPayload, operations, type RequestResolution } from "@signalbox/contract";
import {
  createCodexHome,
  execCommand,
  findCodex,
  gate,
  startScriptedModel,
  text,
} from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { allEvents, kill, spawnHub } from "../fixtures/hub-process.ts";
import {
  call,
  callRaw,
  createHubWorld,
  type HubAddress,
  StreamClient,
} from "../fixtures/hub-world.ts";
import { type HubOptions, stopSharedRuntime } from "./index.ts";

test("after kill -9 of the hub the positions go on, what was seen is there, and open questions end once", async () => {
  await using model = await startScriptedModel();
  await using codex = await createCodexHome({ model, approvalPolicy: "on-request" });
  const home = await mkdtemp(join(tmpdir(), "signalbox-kill-"));
  const options: HubOptions = { home, port: 0, env: codex.env, cwd: codex.workspace };
  const first = await spawnHub(options);
  const { session } = await call(first, operations["sessions.create"], {});
  const { sessionId } = session;
  using seenBy = await StreamClient.open(first);
  const ready = await seenBy.frame("ready");
  model.turn(execCommand({ cmd: "true", escalate: true }));
  await call(first, operations["sessions.send_message"], { sessionId, text: "Ask me" });
  const asked = await seenBy.event("request.opened");
  await kill(first.child, "SIGKILL");
  const seen = seenBy.events;

  const second = await spawnHub(options);
  try {
    expect(second.token).toBe(first.token);
    using resumed = await StreamClient.open(second, { after: `${ready.epoch}:${ready.head}` });
    expect((await resumed.frame("ready")).epoch).toBe(ready.epoch);
    await resumed.frame("caught_up");
    expect(resumed.events.slice(0, seen.length)).toEqual(seen);
    expect(resumed.seqs).toEqual(resumed.seqs.map((_, i) => ready.head + 1 + i));
    const resolved = resumed.events.filter(({ type }) => type === "request.resolved");
    expect(resolved.map(({ payload }) => payload)).toMatchObject([
      { requestId: asked.payload.requestId, outcome: "expired", reason: "hub_restarted" },
    ]);
    const late = await callRaw(second, operations["approvals.decide"], {
      approvalId: String(asked.payload.requestId),
      decision: "accept",
    });
    expect(late).toMatchObject({
      status: 409,
      body: { code: "not_eligible", status: "reconciled" },
    });
    // The session goes on where it was.
    const list = await call(second, operations["sessions.list"], {});
    expect(list.data.map((each) => [each.sessionId, each.title])).toEqual([
      [sessionId, "New chat"],
    ]);
    model.turn(text("Here."));
    await call(second, operations["sessions.send_message"], { sessionId, text: "Again" });
    await resumed.event("app_server.turn.completed");

    await kill(second.child, "SIGKILL");
    const third = await spawnHub(options);
    const ends = await allEvents(third, "&types=request.resolved");
    expect(await kill(third.child, "SIGTERM")).toBe(0);
    expect(ends.filter(({ payload }) => idOf(payload) === asked.payload.requestId)).toHaveLength(1);
  } finally {
    second.child.kill("SIGKILL");
    await rm(home, { recursive: true, force: true });
  }
});

describe.each(["private", "shared"] as const)("with a %s codex", (runtime) => {
  test("what a client saw of a turn in full flow is in the journal after kill -9, bit for bit", async () => {
    await using model = await startScriptedModel();
    await using codex = await createCodexHome({ model });
    const home = await mkdtemp(join(tmpdir(), "signalbox-flow-"));
    const options: HubOptions = { home, port: 0, env: codex.env, cwd: codex.workspace, runtime };
    const first = await spawnHub(options);
    const { session } = await call(first, operations["sessions.create"], {});
    using client = await StreamClient.open(first);
    const { epoch, head } = await client.frame("ready");
    model.turn(text(Array.from({ length: 20_000 }, (_, i) => `word${i} `)));
    await call(first, operations["sessions.send_message"], {
      sessionId: session.sessionId,
      text: "Go on and on",
    });
    await client.event("app_server.item.agent_message.delta", ({ seq }) => seq > head + 2000);
    await kill(first.child, "SIGKILL");
    const seen = client.events;
    const second = await spawnHub(options);
    const stored = await allEvents(second, `&after=${epoch}:${head}`);
    expect(await kill(second.child, "SIGTERM")).toBe(0);
    expect(seen.length).toBeGreaterThan(2000);
    expect(stored.slice(0, seen.length)).toEqual(seen);
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => head + 1 + i));
    await stopSharedRuntime(home);
    await rm(home, { recursive: true, force: true });
  });

  test("after kill -9 of the hub and of codex the next hub finds the end of the turn that ran, once", async () => {
    await using model = await startScriptedModel();
    await using codex = await createCodexHome({ model });
    const home = await mkdtemp(join(tmpdir(), "signalbox-both-"));
    const options: HubOptions = { home, port: 0, env: codex.env, cwd: codex.workspace, runtime };
    const first = await spawnHub(options);
    const { session } = await call(first, operations["sessions.create"], {});
    const { sessionId } = session;
    using stream = await StreamClient.open(first);
    const { epoch, head } = await stream.frame("ready");
    model.turn(text(["half ", gate("held"), "of it"]));
    const { turnId } = await call(first, operations["sessions.send_message"], {
      sessionId,
      text: "Go",
    });
    await stream.event("app_server.item.agent_message.delta");
    const { codex: health } = await call(first, operations["system.health"], {});
    await kill(first.child, "SIGKILL");
    if (runtime === "shared") process.kill(health.pid!, "SIGKILL");

    const second = await spawnHub(options);
    const query = "&types=app_server.turn.completed";
    using resumed = await StreamClient.open(second, { after: `${epoch}:${head}` });
    await resumed.event("app_server.turn.completed");
    expect(await allEvents(second, query)).toMatchObject([
      {
        threadId: sessionId,
        payload: { recovered: true, params: { turn: { id: turnId, status: "interrupted" } } },
      },
    ]);
    expect(await kill(second.child, "SIGTERM")).toBe(0);
    const third = await spawnHub(options);
    expect(await allEvents(third, query)).toHaveLength(1);
    expect(await kill(third.child, "SIGTERM")).toBe(0);
    await stopSharedRuntime(home);
    await rm(home, { recursive: true, force: true });
  });

  test("after kill -9 of codex it is started again, clients are told, its questions end once, and the session goes on", async () => {
    await using world = await createHubWorld({ hub: { runtime } });
    const { hub, model } = world;
    const { session } = await call(hub, operations["sessions.create"], {});
    const { sessionId } = session;
    using stream = await StreamClient.open(hub, { threadId: sessionId });
    model.turn(execCommand({ cmd: "true", escalate: true }));
    const { turnId } = await call(hub, operations["sessions.send_message"], {
      sessionId,
      text: "Go",
    });
    const asked = await stream.event("request.opened");
    const { codex } = await call(hub, operations["system.health"], {});
    process.kill(codex.pid!, "SIGKILL");

    await stream.event("runtime.exited");
    const resolved = await stream.event<RequestResolution>("request.resolved");
    expect(resolved.payload).toMatchObject({ outcome: "expired", reason: "runtime_exited" });
    const restarted = await stream.event<HubEventPayload<"runtime.started">>("runtime.started");
    expect(restarted.payload.generation).toBe(2);
    expect(restarted.payload.pid).not.toBe(codex.pid);
    const ended = await stream.event<{ params: { turn: { id: string; status: string } } }>(
      "app_server.turn.completed",
    );
    expect(ended.payload).toMatchObject({
      recovered: true,
      params: { turn: { id: turnId, status: "interrupted" } },
    });
    const late = await callRaw(hub, operations["approvals.decide"], {
      approvalId: String(asked.payload.requestId),
      decision: "accept",
    });
    expect(late).toMatchObject({
      status: 409,
      body: { code: "not_eligible", details: { resolution: { reason: "runtime_exited" } } },
    });

    await untilReady(hub);
    model.turn(text("Back again."));
    const next = await call(hub, operations["sessions.send_message"], { sessionId, text: "Go on" });
    await stream.event<{ context: { turnId: string } }>(
      "app_server.turn.completed",
      ({ payload }) => payload.context.turnId === next.turnId,
    );
    expect(stream.events.filter(({ type }) => type === "request.resolved")).toHaveLength(1);
    const { codex: after } = await call(hub, operations["system.health"], {});
    expect(after).toMatchObject({
      running: true,
      generation: 2,
      lastExit: expect.anything() as object,
    });
  });

  test("while codex can't be started the hub is not ready, and refuses at once what needs it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "signalbox-away-"));
    const codexPath = join(folder, "codex");
    const binary = findCodex();
    await symlink(binary, codexPath);
    await using world = await createHubWorld({ hub: { codexPath, runtime } });
    const { hub } = world;
    using stream = await StreamClient.open(hub);
    const { codex } = await call(hub, operations["system.health"], {});
    await rm(codexPath);
    process.kill(codex.pid!, "SIGKILL");
    await stream.event("runtime.restarting", ({ payload }) => Number(payload.attempt) > 1);

    expect((await fetch(`${hub.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
    expect(await callRaw(hub, operations["sessions.create"], {})).toMatchObject({
      status: 503,
      body: { status: "error", code: "runtime_unavailable", retryable: true },
    });
    expect(await call(hub, operations["system.health"], {})).toMatchObject({
      codex: { running: false, initialized: false },
    });
    await symlink(binary, codexPath);
    await stream.event("runtime.started");
    await untilReady(hub);
    await call(hub, operations["sessions.create"], {});
    await rm(folder, { recursive: true });
  });

  test("a second hub on the same home is refused with the first one's process id", async () => {
    await using world = await createHubWorld({ hub: { runtime } });
    const options: HubOptions = { home: world.home, port: 0, env: world.codex.env, runtime };
    const { startHub } = await import("./index.ts");
    await expect(startHub(options)).rejects.toMatchObject({
      code: "home_in_use",
      details: { pid: process.pid },
    });
  });

  test("a hub that can't start codex says what it looked for, and leaves nothing behind", async () => {
    const home = await mkdtemp(join(tmpdir(), "signalbox-nocodex-"));
    const { startHub } = await import("./index.ts");
    const options: HubOptions = { home, port: 0, codexPath: "/nowhere/codex", runtime };
    const silent = { ...options, log: { level: "silent" as const } };
    await expect(startHub(silent)).rejects.toMatchObject({
      code: "codex_not_found",
      message: expect.stringContaining("/nowhere/codex") as string,
    });
    // The lock is free again.
    await expect(startHub(silent)).rejects.toMatchObject({ code: "codex_not_found" });
    await rm(home, { recursive: true });
  });
});

function idOf(payload: unknown): string {
  return (payload as RequestResolution).requestId;
}

/** Polls the probe, as a supervisor would. */
async function untilReady(hub: HubAddress): Promise<void> {
  for (;;) {
    const { status } = await fetch(`${hub.url}/readyz`);
    if (status === 200) return;
    expect(status).toBe(503);
  }
}

test("an address that is taken is refused by name", async () => {
  await using world = await createHubWorld();
  const home = await mkdtemp(join(tmpdir(), "signalbox-taken-"));
  const { startHub } = await import("./index.ts");
  await expect(
    startHub({ home, port: world.hub.port, env: world.codex.env, log: { level: "silent" } }),
  ).rejects.toMatchObject({
    code: "listen_failed",
    message: expect.stringContaining(`127.0.0.1:${world.hub.port}`) as string,
  });
  await rm(home, { recursive: true });
});
