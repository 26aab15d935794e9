/** Questions that were open when their hub was killed, and what becomes of them when the next hub comes. */
import { appendFileSync, existsSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { operations, type StreamEvent } from "@signalbox/contract";
import { execCommand, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { kill, spawnHub } from "../../fixtures/hub-process.ts";
import { call, StreamClient } from "../../fixtures/hub-world.ts";
import { createSharedWorld, type SharedWorld } from "../../fixtures/shared-world.ts";
import { startHub } from "../index.ts";

const log = { level: "silent" as const };

/** A question that is open, and nobody there but the codex that asked it. */
async function leaveOpen({ model, options }: SharedWorld) {
  const hub = await spawnHub(options);
  const { session } = await call(hub, operations["sessions.create"], {});
  using stream = await StreamClient.open(hub);
  const { epoch, head } = await stream.frame("ready");
  model.turn(execCommand({ cmd: "true", escalate: true }), text("Without it, then."));
  await call(hub, operations["sessions.send_message"], {
    sessionId: session.sessionId,
    text: "Ask me",
  });
  const { payload } = await stream.event("request.opened");
  const { codex } = await call(hub, operations["system.health"], {});
  await kill(hub.child, "SIGKILL");
  const requestId = String(payload.requestId);
  return { requestId, pid: codex.pid!, cursor: `${epoch}:${head}` };
}

/** The questions these events open and end. */
function questionsIn(events: readonly StreamEvent[]) {
  const told = (type: string) =>
    events.filter((event) => event.type === type).map(({ payload }) => payload);
  return { opened: told("request.opened"), resolved: told("request.resolved") };
}

test("a question of a codex that dies while the next hub looks for it ends then, once", async () => {
  await using world = await createSharedWorld();
  const { requestId, pid, cursor } = await leaveOpen(world);
  const path = (name: string) => join(world.home, name);
  // This codex is there and can't be reached. The hub, having found it, cuts its log and waits for it.
  rmSync(path("app-server.sock"));
  appendFileSync(path("app-server.log"), "x".repeat(8 * 1024 * 1024));
  const watcher = watch(world.home, () => {
    if (!existsSync(path("app-server.log.1"))) return;
    watcher.close();
    process.kill(pid, "SIGKILL");
  });
  await using hub = await startHub({ ...world.options, log });

  const { request } = await call(hub, operations["requests.get"], { requestId });
  expect(request).toMatchObject({ state: "resolved" });
  using stream = await StreamClient.open(hub, { after: cursor });
  await stream.frame("caught_up");
  expect(questionsIn(stream.events)).toMatchObject({
    opened: [{ requestId }],
    resolved: [{ requestId, outcome: "expired", reason: "runtime_exited" }],
  });
  expect((await call(hub, operations["system.health"], {})).codex.pid).not.toBe(pid);
});

test("a question whose deadline passed while no hub was there gets its safe answer from the next, and is not asked again", async () => {
  await using world = await createSharedWorld();
  const { requestId, pid, cursor } = await leaveOpen(world);
  const database = new DatabaseSync(join(world.home, "signalbox.db"));
  database.prepare("UPDATE request SET deadline_at = opened_at + 1").run();
  database.close();
  await using hub = await startHub({ ...world.options, log });
  using stream = await StreamClient.open(hub, { after: cursor });
  const end = await stream.event<{ params: { turn: { status: string } } }>(
    "app_server.turn.completed",
  );
  expect(end.payload.params.turn.status).toBe("completed");
  expect(questionsIn(stream.events)).toMatchObject({
    opened: [{ requestId }],
    resolved: [{ requestId, outcome: "timed_out", decision: "decline" }],
  });
  expect((await call(hub, operations["system.health"], {})).codex.pid).toBe(pid);
});
