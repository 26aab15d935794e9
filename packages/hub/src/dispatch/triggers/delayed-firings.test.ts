/** Firings whose time comes while codex is away: none is lost, none acts twice. */
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Firing, operations, SignalboxError, triggerDefinition } from "@signalbox/contract";
import { createCodexHome, findCodex, startScriptedModel, text } from "@signalbox/testing";
import { pino } from "pino";
import { expect, test } from "vitest";
import { type HubProcess, kill, spawnHub } from "../../../fixtures/hub-process.ts";
import { call, StreamClient } from "../../../fixtures/hub-world.ts";
import { ManualClock } from "../../../fixtures/manual-clock.ts";
import { openState } from "../../hub-state.ts";
import { Teardown } from "../../teardown.ts";
import { Acts } from "./acts.ts";
import { delayLimit } from "./delays.ts";
import { newFiringOf } from "./reactor.ts";
import type { FiringMessage } from "./sender.ts";
import { toTriggerEvent } from "./trigger-events.ts";
import { Worker } from "./worker.ts";

/** A worker on real tables, with a clock that is told the time and a codex that does as it is told. */
async function openWorker() {
  const undo = new Teardown();
  const log = pino({ level: "silent" });
  const { events, triggers, firings, secrets } = await openState(":memory:", {}, log, undo);
  const clock = new ManualClock(0);
  const codex = {
    notReady: undefined as string | undefined,
    /** Throws what a message is refused for. */
    take: (_message: FiringMessage) => {},
    tried: [] as (FiringMessage & { at: number })[],
  };
  const send = async (message: FiringMessage) => {
    codex.tried.push({ ...message, at: clock.now() / 1_000 });
    codex.take(message);
    return { messageId: message.messageId, turnId: null };
  };
  const sender = { send, find: async () => undefined };
  const nothing = undefined as never;
  const worker = new Worker({
    triggers,
    firings,
    clock,
    events,
    log,
    acts: new Acts({ sender, secrets, questions: nothing, teller: nothing }),
    questions: nothing,
    isBusy: () => false,
    runtime: codex,
  });
  undo.defer(() => worker.close());
  worker.start();
  const settled = async () => {
    const { notReady } = codex;
    const now = () => ({ now: clock.now(), codexIsThere: notReady === undefined });
    do await nextTurn();
    while (firings.dueTargets(now()).length > 0 || firings.acting().length > 0);
  };
  return {
    codex,
    async fire(mode: string, said: string) {
      const definition = triggerDefinition.parse({
        triggerId: `trg_${randomUUID().replaceAll("-", "")}`,
        name: "Test",
        sessionId: "s",
        when: { type: "webhook" },
        action: { type: "send", mode, text: said },
        guards: {},
        enabled: true,
        createdAt: 0,
        updatedAt: 0,
      });
      await events.append([toTriggerEvent("trigger.created", definition, 0, undefined)]);
      firings.add({
        ...newFiringOf(definition),
        cause: { type: "webhook", webhookId: said },
        depth: 0,
        event: { type: "webhook", threadId: null, seq: null, at: 0, payload: null },
        dueAt: clock.now(),
      });
      worker.wake();
      await settled();
    },
    async pass(seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        clock.advance(1_000);
        await settled();
      }
    },
    all: () => firings.list({ order: "oldest", limit: 100 }),
    [Symbol.asyncDispose]: () => undo.run(),
  };
}

const away = () => {
  throw new SignalboxError("runtime_unavailable", "Codex is not running now.");
};

test("what codex has no time for is tried again at growing pauses, each time under another id, and given up after ten minutes", async () => {
  await using world = await openWorker();
  world.codex.take = away;
  await world.fire("start", "Hello");
  expect(world.all()).toMatchObject([
    { state: "due", actedAt: null, delay: { since: 0, until: delayLimit, tries: 2 } },
  ]);
  await world.pass(delayLimit / 1_000 - 1);
  expect(world.all()).toMatchObject([{ state: "due" }]);
  await world.pass(1);
  const at = [0, 0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363, 423, 483, 543];
  expect(world.codex.tried.map((one) => one.at)).toEqual(at);
  expect(new Set(world.codex.tried.map(({ messageId }) => messageId)).size).toBe(at.length);
  expect(world.all()).toMatchObject([
    {
      state: "failed",
      delay: { tries: at.length, code: "runtime_unavailable" },
      error: {
        code: "runtime_unavailable",
        message: "Codex could not take it for 10 minutes. Codex is not running now.",
      },
    },
  ]);
});

test("while codex is away nothing is tried, what is to be queued is, and the rest is said in its order once it is back", async () => {
  await using world = await openWorker();
  world.codex.notReady = "Codex is not running now.";
  for (const said of ["1", "2", "3"]) await world.fire("context", said);
  await world.fire("queue", "Queued");
  await world.pass(60);
  expect(world.codex.tried.map((one) => one.text)).toEqual(["Queued"]);
  expect(world.all().map(({ state, delay }) => [state, delay?.tries])).toEqual([
    ["due", 0],
    ["due", 0],
    ["due", 0],
    ["done", undefined],
  ]);
  world.codex.notReady = undefined;
  await world.fire("context", "4");
  await world.pass(1);
  expect(world.codex.tried.map((one) => one.text)).toEqual(["Queued", "1", "2", "3", "4"]);
  expect(world.all().every(({ state }) => state === "done")).toBe(true);
});

test.each([
  ["outcome_unknown", "ambiguous"],
  ["session_busy", "failed"],
] as const)("what ends with %s is not tried again", async (code, state) => {
  await using world = await openWorker();
  world.codex.take = () => {
    throw new SignalboxError(code, "No.");
  };
  await world.fire("start", "Hello");
  await world.pass(120);
  expect(world.codex.tried).toHaveLength(1);
  expect(world.all()).toMatchObject([{ state, delay: null, error: { code } }]);
});

/** A hub on the real codex, which does not start while the file `away` is there. */
async function createFragileWorld() {
  const model = await startScriptedModel();
  model.respond(() => text("Yes."));
  const codex = await createCodexHome({ model });
  const home = await mkdtemp(join(tmpdir(), "signalbox-delayed-"));
  const awayFile = join(home, "away");
  const codexPath = join(home, "codex");
  await writeFile(codexPath, `#!/bin/sh\n[ -e ${awayFile} ] && exit 1\nexec ${findCodex()} "$@"\n`);
  await chmod(codexPath, 0o755);
  const options = { home, port: 0, env: codex.env, cwd: codex.workspace, codexPath };
  let hub = await spawnHub(options);
  return {
    model,
    get hub() {
      return hub;
    },
    /** Kills codex, and keeps it away. */
    async takeAway() {
      await writeFile(awayFile, "");
      const { codex: running } = await call(hub, operations["system.health"], {});
      using stream = await StreamClient.open(hub);
      process.kill(running.pid!, "SIGKILL");
      await stream.event("runtime.exited");
    },
    bringBack: () => rm(awayFile),
    async killHub() {
      await kill(hub.child, "SIGKILL");
    },
    async startHub() {
      hub = await spawnHub(options);
    },
    async [Symbol.asyncDispose]() {
      await kill(hub.child, "SIGTERM");
      await model.close();
      await codex[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function firingsOf(hub: HubProcess, triggerId: string): Promise<Firing[]> {
  const { data } = await call(hub, operations["triggers.firings.list"], {
    triggerId,
    order: "oldest",
  });
  return data;
}

test.each([
  ["in the same hub", false],
  ["in a hub that was killed and started again meanwhile", true],
])(
  "a schedule that is due while codex is killed acts once it is back, once, %s",
  async (_where, isKilled) => {
    await using world = await createFragileWorld();
    const { sessionId } = (await call(world.hub, operations["sessions.create"], {})).session;
    await world.takeAway();
    const { trigger } = await call(world.hub, operations["triggers.create"], {
      name: "Each second",
      sessionId,
      when: { type: "interval", seconds: 1 },
      action: { type: "send", mode: "start", text: "{{firing.id}}" },
      guards: { minIntervalSeconds: 3_600 },
    });
    const { triggerId } = trigger;
    using stream = await StreamClient.open(world.hub);
    let delayed: Firing | undefined;
    // Codex is started in vain again and again meanwhile.
    for (let heard = 0; delayed === undefined; heard = stream.events.length) {
      delayed = (await firingsOf(world.hub, triggerId)).find(({ delay }) => delay !== null);
      if (delayed === undefined) await stream.until(() => stream.events.length > heard);
    }
    expect(delayed).toMatchObject({
      state: "due",
      delay: { tries: 0, code: "runtime_unavailable", until: delayed.delay!.since + delayLimit },
    });
    if (isKilled) await world.killHub();
    await world.bringBack();
    if (isKilled) await world.startHub();
    const { journal } = await call(world.hub, operations["system.health"], {});
    using after = await StreamClient.open(world.hub, { after: `${journal.epoch}:0` });
    const { payload } = await after.event<{ firing: Firing }>("trigger.fired");
    expect(payload.firing).toMatchObject({ firingId: delayed.firingId, state: "done" });
    await after.event("app_server.turn.completed");
    // The later ones find that it acted just now.
    await after.event<{ firing: Firing }>(
      "trigger.fired",
      ({ payload: { firing } }) => firing.state === "suppressed",
    );
    const said = world.model.requests.flatMap(({ userTexts }) => userTexts.at(-1) ?? []);
    expect(said).toEqual([delayed.firingId]);
    const { data } = await call(world.hub, operations["messages.list"], { sessionId });
    expect(data).toMatchObject([
      { state: "completed", messageId: payload.firing.result.messageId },
    ]);
  },
  60_000,
);
