/** Messages over crashes: hubs and codexes that are real processes and are killed in the midst. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Message, operations } from "@signalbox/contract";
import {
  type CodexHome,
  createCodexHome,
  type ScriptedModel,
  startScriptedModel,
  text,
} from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { type HubProcess, kill, spawnHub } from "../../../fixtures/hub-process.ts";
import { call, callRaw, type HubAddress } from "../../../fixtures/hub-world.ts";
import { openRunningTalk, openTalk, type Talk } from "../../../fixtures/talk.ts";
import { stopSharedRuntime } from "../../index.ts";

const { "sessions.send": send, "messages.get": get, "messages.list": list } = operations;
const { "queue.list": listQueue, "queue.resume": resume } = operations;

/** Folders and a model that outlive hubs, and the hub of now. */
class Crashes implements AsyncDisposable {
  readonly model: ScriptedModel;
  readonly #codex: CodexHome;
  readonly #home: string;
  readonly #runtime: "private" | "shared";
  hub: HubProcess;

  private constructor(
    model: ScriptedModel,
    codex: CodexHome,
    home: string,
    runtime: "private" | "shared",
    hub: HubProcess,
  ) {
    this.model = model;
    this.#codex = codex;
    this.#home = home;
    this.#runtime = runtime;
    this.hub = hub;
  }

  static async start(runtime: "private" | "shared"): Promise<Crashes> {
    const model = await startScriptedModel();
    model.respond(() => text("Yes."));
    const codex = await createCodexHome({ model });
    const home = await mkdtemp(join(tmpdir(), "signalbox-crash-"));
    const hub = await spawnHub(optionsOf(codex, home, runtime));
    return new Crashes(model, codex, home, runtime, hub);
  }

  async codexPid(): Promise<number> {
    return (await call(this.hub, operations["system.health"], {})).codex.pid!;
  }

  async killHub(): Promise<void> {
    await kill(this.hub.child, "SIGKILL");
  }

  async startHub(): Promise<void> {
    this.hub = await spawnHub(optionsOf(this.#codex, this.#home, this.#runtime));
  }

  /** The same session, heard from the journal's beginning on, since what a killed hub told is there. */
  again({ sessionId }: Talk, epoch: string): Promise<Talk> {
    return openTalk(this.hub, this.model, { sessionId, after: `${epoch}:0` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await kill(this.hub.child, "SIGTERM");
    await stopSharedRuntime(this.#home);
    await this.model.close();
    await this.#codex[Symbol.asyncDispose]();
    await rm(this.#home, { recursive: true, force: true });
  }
}

function optionsOf(codex: CodexHome, home: string, runtime: "private" | "shared") {
  return { home, port: 0, env: codex.env, cwd: codex.workspace, runtime };
}

const read = async (hub: HubAddress, messageId: string) =>
  (await call(hub, get, { messageId })).message;
const epochOf = async (hub: HubAddress) =>
  (await call(hub, operations["system.health"], {})).journal.epoch;

/** A session in which something was said and answered, so that codex has it on disk. */
async function spokenTalk({ hub, model }: Crashes): Promise<Talk> {
  const talk = await openTalk(hub, model);
  const { messageId } = await call(hub, send, { sessionId: talk.sessionId, text: "Hello" });
  await talk.told("completed", messageId);
  return talk;
}

/** How often each message stands in the turns of its thread, by its id. */
async function countInTurns(hub: HubAddress, sessionId: string): Promise<Map<string, number>> {
  const { thread } = await call(hub, operations["sessions.get"], { sessionId });
  const counts = new Map<string, number>();
  for (const item of thread.turns.flatMap(({ items }) => items)) {
    if (item.type !== "userMessage") continue;
    const id = String(item.clientId);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

describe.each(["private", "shared"] as const)("with a %s codex", (runtime) => {
  test("after kill -9 of the hub what waits is there in its order, and goes on as the turn before it ended", async () => {
    await using crashes = await Crashes.start(runtime);
    const talk = await openRunningTalk(crashes.hub, crashes.model);
    const { sessionId, first } = talk;
    const epoch = await epochOf(crashes.hub);
    const ids: string[] = [];
    for (const said of ["A", "B", "C"]) {
      const sent = await call(crashes.hub, send, { sessionId, text: said, mode: "queue" });
      ids.push(sent.messageId);
    }
    await crashes.killHub();
    await crashes.startHub();
    const { data } = await call(crashes.hub, listQueue, { sessionId });
    expect(data.map(({ messageId }) => messageId)).toEqual(ids);
    using after = await crashes.again(talk, epoch);
    talk.goOn();
    // A private codex went with its hub and so did its turn; a shared one goes on.
    const state = runtime === "private" ? "interrupted" : "completed";
    await after.told(state, first.messageId);
    if (runtime === "private") {
      const held = await call(crashes.hub, listQueue, { sessionId });
      expect(held.hold).toMatchObject({ reason: "turn_interrupted", messageId: first.messageId });
      expect(held.data).toHaveLength(3);
      await call(crashes.hub, resume, { sessionId });
    }
    for (const id of ids) await after.told("completed", id);
    const said = crashes.model.requests.findLast(({ threadId }) => threadId === sessionId);
    expect(said?.userTexts.slice(-3)).toEqual(["A", "B", "C"]);
  });

  test("after kill -9 of codex in the midst of a turn what waits is held, and goes on when somebody lets it", async () => {
    await using crashes = await Crashes.start(runtime);
    using talk = await openRunningTalk(crashes.hub, crashes.model);
    const { sessionId, first } = talk;
    const waiting = await call(crashes.hub, send, { sessionId, text: "A", mode: "queue" });
    process.kill(await crashes.codexPid(), "SIGKILL");
    await talk.told("interrupted", first.messageId);
    const { hold } = await call(crashes.hub, listQueue, { sessionId });
    expect(hold).toMatchObject({ reason: "turn_interrupted", turnId: first.turnId });
    await call(crashes.hub, resume, { sessionId });
    await talk.told("completed", waiting.messageId);
  });

  test("a message that codex died over unread is ambiguous with what was looked at, holds the queue, and is sent again by people alone", async () => {
    await using crashes = await Crashes.start(runtime);
    const { hub, model } = crashes;
    using talk = await spokenTalk(crashes);
    const { sessionId } = talk;
    const pid = await crashes.codexPid();
    process.kill(pid, "SIGSTOP");
    const sending = callRaw(hub, send, { sessionId, text: "Lost?", mode: "queue" });
    const { payload } = await talk.stream.event<{ message: Message }>(
      "message.starting",
      (event) => event.payload.message.mode === "queue",
    );
    const { messageId } = payload.message;
    const behind = await call(hub, send, { sessionId, text: "Behind", mode: "queue" });
    expect(behind.status).toBe("queued");
    process.kill(pid, "SIGKILL");
    expect((await sending).body).toMatchObject({ code: "outcome_unknown", details: { messageId } });
    await talk.told("ambiguous", messageId);
    expect(await read(hub, messageId)).toMatchObject({
      state: "ambiguous",
      ambiguity: {
        reason: "process_ended",
        kept: false,
        evidence: { turnsRead: 1, whole: true, threadStatus: "idle", processEnded: true },
      },
    });
    const held = await call(hub, listQueue, { sessionId });
    expect(held.hold).toMatchObject({ reason: "ambiguous", messageId });

    const before = model.requests.length;
    const again = await call(hub, operations["messages.reconcile"], { messageId });
    expect(again.message.state).toBe("ambiguous");
    expect(model.requests).toHaveLength(before);

    await call(hub, resume, { sessionId, ambiguous: "resend" });
    await talk.told("completed", messageId);
    await talk.told("completed", behind.messageId);
    const counts = await countInTurns(hub, sessionId);
    expect([counts.get(messageId), counts.get(behind.messageId)]).toEqual([1, 1]);
  });

  test("a message whose answer went with the hub is found in its turn, or ambiguous where it is in none", async () => {
    await using crashes = await Crashes.start(runtime);
    using talk = await spokenTalk(crashes);
    const { sessionId } = talk;
    const pid = await crashes.codexPid();
    process.kill(pid, "SIGSTOP");
    const sending = callRaw(crashes.hub, send, { sessionId, text: "Heard?" }).catch(() => {});
    const { payload } = await talk.stream.event<{ message: Message }>(
      "message.created",
      (event) => event.payload.message.text === "Heard?",
    );
    const { messageId } = payload.message;
    await crashes.killHub();
    await sending;
    process.kill(pid, "SIGCONT");
    await crashes.startHub();
    const stands = async () => {
      const { state } = await read(crashes.hub, messageId);
      return [state, (await countInTurns(crashes.hub, sessionId)).get(messageId) ?? 0];
    };
    await expect.poll(stands, { timeout: 15_000, interval: 50 }).toSatisfy((found) =>
      [
        ["completed", 1],
        ["interrupted", 1],
        ["ambiguous", 0],
      ].some((end) => String(end) === String(found)),
    );
    const { state, ambiguity } = await read(crashes.hub, messageId);
    if (state === "ambiguous") expect(ambiguity?.reason).toBe("hub_restarted");
  });

  test("however often hub and codex are killed, each message stands in one turn, or in none and says so", async () => {
    await using crashes = await Crashes.start(runtime);
    using talk = await spokenTalk(crashes);
    const { sessionId } = talk;
    const all: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      for (let n = 0; n < 4; n += 1) {
        const said = { sessionId, text: `${round}.${n}`, mode: "queue" } as const;
        const { body } = await callRaw(crashes.hub, send, said);
        const { messageId, details } = body as { messageId?: string; details?: Message };
        all.push(messageId ?? details!.messageId);
      }
      // Each round something else dies, after another number of answers of the model.
      const requests = crashes.model.requests.length;
      await crashes.model.waitForRequest(requests - 1 + (round % 3));
      if (round % 2 === 0) {
        await crashes.killHub();
        await crashes.startHub();
      } else process.kill(await crashes.codexPid(), "SIGKILL");
      await untilQuiet(crashes.hub, sessionId);
    }
    const counts = await countInTurns(crashes.hub, sessionId);
    const told = await Promise.all(all.map((messageId) => read(crashes.hub, messageId)));
    for (const message of told) {
      const { messageId, state } = message;
      expect(["completed", "interrupted", "ambiguous"]).toContain(state);
      const times = counts.get(messageId) ?? 0;
      if (times === 0) expect(saysWhyNot(message), JSON.stringify(message)).toBe(true);
      else expect([state === "ambiguous", times]).toEqual([false, 1]);
    }
    expect(told.some(({ state }) => state === "completed")).toBe(true);
    // In the order in which they were said.
    const order = [...counts.keys()].filter((id) => all.includes(id));
    expect(order).toEqual(all.filter((id) => counts.has(id)));
  }, 120_000);
});

/** Whether a message that is in no turn says why: Codex kept no record, or nobody knows. */
function saysWhyNot({ state, error, ambiguity }: Message): boolean {
  return state === "interrupted" ? error !== null : ambiguity !== null;
}

/** Lets the queue go on wherever it is held, until nothing is under way. */
async function untilQuiet(hub: HubAddress, sessionId: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const { hold } = await call(hub, listQueue, { sessionId });
        if (hold !== null) await call(hub, resume, { sessionId, ambiguous: "keep" });
        const { data } = await call(hub, list, { sessionId, limit: 200 });
        return data.filter(({ state }) => ["queued", "starting", "accepted"].includes(state))
          .length;
      },
      { timeout: 60_000, interval: 50 },
    )
    .toBe(0);
}
