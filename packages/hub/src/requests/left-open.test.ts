/** Questions that were open when their hub was killed, and what becomes of them when the next hub comes. */
import { appendFileSync, existsSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { operations, type StreamEvent } from "@signalbox/contract";
import type { ServerRequest } from "@signalbox/protocol";
import { execCommand, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { kill, spawnHub } from "../../fixtures/hub-process.ts";
import { call, type HubAddress, StreamClient } from "../../fixtures/hub-world.ts";
import { createRequestsRun, endsIn } from "../../fixtures/requests-run.ts";
import { createSharedWorld, type SharedWorld } from "../../fixtures/shared-world.ts";
import { startHub } from "../index.ts";
import { openDatabase } from "../store/database.ts";
import { PolicyStore } from "./policy-store.ts";

const log = { level: "silent" as const };

/** A question that is open, and nobody there but the codex that asked it. `meanwhile` is done while it waits. */
async function leaveOpen(
  { model, options }: SharedWorld,
  meanwhile: (hub: HubAddress) => Promise<unknown> = async () => {},
) {
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
  await meanwhile(hub);
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

test("a question that its hub was killed before it could tell of is told by the next one, once, and answered", async () => {
  await using world = await createSharedWorld();
  const { requestId, cursor } = await leaveOpen(world);
  const database = new DatabaseSync(join(world.home, "signalbox.db"));
  const isOfIt = "instr(payload, ?) > 0";
  expect(database.prepare(`DELETE FROM event WHERE ${isOfIt}`).run(requestId).changes).toBe(2);
  database.prepare("UPDATE request SET told = 0").run();
  database.close();
  for (const _run of ["the next", "the one after it"]) {
    await using hub = await startHub({ ...world.options, log });
    using stream = await StreamClient.open(hub, { after: cursor });
    await stream.event("request.opened");
    expect(questionsIn(stream.events).opened).toMatchObject([{ requestId }]);
    const signals = stream.events.filter(({ type }) => type.startsWith("app_server.request."));
    expect(signals).toMatchObject([
      { payload: { requestId, params: { threadId: signals[0]?.threadId } } },
    ]);
  }
  await using hub = await startHub({ ...world.options, log });
  using stream = await StreamClient.open(hub, { after: cursor });
  const answer = { kind: "command_approval", decision: "accept" } as const;
  await call(hub, operations["requests.respond"], { requestId, answer });
  await stream.event("app_server.turn.completed");
  expect(questionsIn(stream.events)).toMatchObject({
    opened: [{ requestId }],
    resolved: [{ requestId, outcome: "answered" }],
  });
});

test("a question that waits is answered by no policy that is set later, before a restart or after it", async () => {
  await using world = await createSharedWorld();
  const { requestId, cursor } = await leaveOpen(world, (hub) =>
    call(hub, operations["policies.set"], { mode: "deny" }),
  );
  await using hub = await startHub({ ...world.options, log });
  using stream = await StreamClient.open(hub, { after: cursor });
  await stream.event("runtime.found");
  const { request } = await call(hub, operations["requests.get"], { requestId });
  expect(request).toMatchObject({ state: "pending", decidedBy: null });
  const answer = { kind: "command_approval", decision: "accept" } as const;
  await call(hub, operations["requests.respond"], { requestId, answer });
  await stream.event("app_server.turn.completed");
  expect(questionsIn(stream.events).resolved).toMatchObject([
    { requestId, outcome: "answered", decision: "accept", decidedBy: null },
  ]);
});

test("what a policy answered as the hub was killed the next hub answers so, whatever holds by then", async () => {
  const database = openDatabase(":memory:");
  const set = (mode: "ask" | "deny") =>
    new PolicyStore(database).set(null, { mode, rules: [], deadlines: {} });
  set("deny");
  const killed = await createRequestsRun(database);
  const approval = {
    id: 0,
    method: "item/commandExecution/requestApproval",
    params: { threadId: "t", turnId: "u", itemId: "i", command: "true" },
  } as unknown as ServerRequest;
  const { requestId, event } = killed.requests.open("p", approval, Date.now())!;
  expect(event.payload).toContain('"decidedBy":{"policy":"default","rule":null}');
  await killed.events.append([event]);

  set("ask");
  const { requests, answers, journal, events } = await createRequestsRun(database);
  await requests.recover("p");
  requests.leftOpen.resume("p", Date.now()).announced();
  expect(answers).toEqual([{ result: { decision: "decline" } }]);
  await events.settled();
  expect(await endsIn(journal)).toMatchObject([
    { requestId, outcome: "answered", decidedBy: { policy: "default", rule: null } },
  ]);
});
