/**
 * Many sessions at work for a long time, with people who say things and queues that move, while the hub
 * and codex are killed at random; then everything is held against everything else.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Message } from "@signalbox/contract";
import { isSignalboxError, type Signalbox } from "@signalbox/sdk";
import { startScriptedModel } from "@signalbox/testing";
import { createRandom, pick } from "../faults/random.ts";
import { killCodex, type Victim } from "../faults/victims.ts";
import { World } from "../sdk/world.ts";
import { Caretaker } from "./caretaker.ts";
import { MemoryWatch, toMemoryFigures } from "./memory.ts";
import { judgeMessages } from "./message-verdict.ts";
import { countBy, type SoakReport } from "./report.ts";
import { Speakers } from "./speakers.ts";
import { judgeTurns } from "./turn-verdict.ts";
import { Witness } from "./witness.ts";

export interface SoakOptions {
  readonly seconds: number;
  readonly sessions: number;
  readonly seed: number;
  readonly runtime: "private" | "shared";
  /** Messages a second that people say, in all sessions together. */
  readonly rate: number;
  /** Seconds between two kills, on average. */
  readonly killEvery: number;
  /** What is killed. Without the hub one process of it lives through the run. */
  readonly victims: readonly Victim[];
  /** Share by which the hub's memory may grow; undefined for a run too short to tell. */
  readonly mayGrow?: number;
  /** Told of how it goes. */
  readonly onProgress?: (line: string) => void;
}

/** What the journal holds of messages and turns. */
const judged = "message.*,queue.updated,app_server.turn.started,app_server.turn.completed";
/** Longest time for everything to come to its end, in ms. */
const patience = 120_000;
/** Largest write-ahead log, in bytes: what SQLite is told to keep of it, and one batch. */
const largestLog = 80 * 1024 * 1024;

/** Runs it. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { seconds, seed, runtime, onProgress = () => {} } = options;
  const random = createRandom(seed);
  const model = await startScriptedModel({ keep: 100 });
  const witness = new Witness(model, random);
  await using world = await World.around(model, "--runtime", runtime);
  await using box = world.connect();
  const { journal } = await box.system.health();
  const start = `${journal.epoch}:${journal.head}`;
  const sessions = await openSessions(box, options.sessions);
  onProgress(`${sessions.length} sessions are there.`);

  const memory = new MemoryWatch(world);
  const pause = (1_000 * sessions.length) / options.rate;
  const speakers = new Speakers({ box, sessions, random, pause });
  const caretaker = new Caretaker(box, random);
  const { kills, logSize } = await killFor(world, box, random, options);
  onProgress("No more is killed; what is under way comes to its end.");
  await speakers.stop();
  await caretaker.stop();
  await memory.stop();
  const wrong = await settle(box, caretaker);
  await sayLastWords(box, witness, sessions);

  const messages = await allMessages(box);
  const events = await world.journal(start, { types: judged });
  const { journal: end } = await box.system.health();
  const database = await sizeOf(world, "signalbox.db");
  const figures = toMemoryFigures(memory.samples);
  wrong.push(
    ...judgeMessages({ sessions, speakers, caretaker, witness, messages, events }),
    ...judgeTurns(events),
    ...model.faults.map((fault) => `The model's script failed: ${String(fault)}`),
  );
  if (options.mayGrow !== undefined && figures.growth > options.mayGrow) {
    wrong.push(`The hub's memory grew by ${(figures.growth * 100).toFixed(1)} %.`);
  }
  if (logSize > largestLog) wrong.push(`The write-ahead log came to ${logSize} bytes.`);
  const isRefused = ({ answer }: { answer: string }) => answer === "refused";
  return {
    seconds,
    sessions: sessions.length,
    seed,
    runtime,
    kills,
    turns: events.filter(({ type }) => type === "app_server.turn.completed").length,
    events: end.head - journal.head,
    modelRequests: witness.requests,
    messages: {
      said: countBy(speakers.said, ({ mode, answer }) => `${mode} ${answer}`),
      ended: countBy(messages, ({ state }) => state),
      holds: caretaker.resumed,
      refusals: countBy(speakers.said.filter(isRefused), ({ code }) => code ?? ""),
    },
    memory: figures,
    storage: { database, largestLog: logSize },
    wrong,
  };
}

/** Sessions that have had their first turn, without which codex forgets them when it is killed. */
async function openSessions(box: Signalbox, count: number): Promise<string[]> {
  const opened = Array.from({ length: count }, async (_, n) => {
    const { session, turnId } = await box.sessions.create({
      title: `Soak ${n}`,
      text: `[begin${n}] Hello.`,
    });
    await box.wait.turn({ sessionId: session.sessionId, turnId: turnId! });
    return session.sessionId;
  });
  return Promise.all(opened);
}

/** Kills something now and then until the time is up; the hub is sometimes left dead for a while. */
async function killFor(
  world: World,
  box: Signalbox,
  random: () => number,
  { seconds, killEvery, victims, onProgress = () => {} }: SoakOptions,
): Promise<{ kills: Record<string, number>; logSize: number }> {
  const kills: Record<string, number> = {};
  const until = performance.now() + seconds * 1_000;
  let logSize = 0;
  for (;;) {
    const pause = random() * 2 * killEvery * 1_000;
    const left = until - performance.now();
    await wait(Math.max(0, Math.min(pause, left)));
    logSize = Math.max(logSize, await sizeOf(world, "signalbox.db-wal"));
    if (pause >= left) return { kills, logSize };
    const victim = pick(random, victims);
    if (victim !== "hub") await killCodex(box);
    if (victim !== "codex") {
      await world.killHub();
      await wait(random() < 0.5 ? 0 : random() * 6_000);
      await world.startHub();
    }
    kills[victim] = (kills[victim] ?? 0) + 1;
    onProgress(`${Math.round((until - performance.now()) / 1_000)} s left; killed ${victim}.`);
  }
}

/** Waits until nothing waits and nothing runs; gives what would not come to its end. */
async function settle(box: Signalbox, caretaker: Caretaker): Promise<string[]> {
  const deadline = performance.now() + patience;
  for (;;) {
    const left = await unsettled(box, caretaker).catch((error: unknown) => {
      if (!isSignalboxError(error)) throw error;
      return [`The hub does not answer: ${error.message}`];
    });
    if (left.length === 0) return [];
    if (performance.now() > deadline) return left;
    await wait(250);
  }
}

async function unsettled(box: Signalbox, caretaker: Caretaker): Promise<string[]> {
  await caretaker.resumeAll();
  const { data } = await box.sessions.list({ limit: 200 });
  const busy = data.filter(({ queued, activeTurnId }) => queued > 0 || activeTurnId !== null);
  const open = await Promise.all(
    (["queued", "starting", "accepted"] as const).map((state) =>
      box.messages.list({ state, limit: 100 }),
    ),
  );
  return [
    ...busy.map(
      ({ sessionId, queued, activeTurnId }) =>
        `Session ${sessionId} does not come to rest: ${queued} wait, turn ${activeTurnId} runs.`,
    ),
    ...open.flatMap(({ data: messages }) =>
      messages.map(({ messageId, state }) => `Message ${messageId} stays ${state}.`),
    ),
  ];
}

/** Says one more thing in each session, so that the model is told each thread whole. */
async function sayLastWords(
  box: Signalbox,
  witness: Witness,
  sessions: readonly string[],
): Promise<void> {
  for (const [n, sessionId] of sessions.entries()) {
    const { turnId } = await box.sessions.send({ sessionId, text: `[end${n}] The end.` });
    await box.wait.turn({ sessionId, turnId: turnId! });
    if (!witness.wasTold(sessionId, `end${n}`)) throw new Error(`${sessionId} is not heard.`);
  }
}

async function allMessages(box: Signalbox): Promise<Message[]> {
  const messages: Message[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await box.messages.list({
      limit: 100,
      order: "oldest",
      ...(cursor && { cursor }),
    });
    messages.push(...page.data);
    if (page.nextCursor === null) return messages;
    cursor = page.nextCursor;
  }
}

async function sizeOf(world: World, file: string): Promise<number> {
  return stat(join(world.home, file)).then(
    ({ size }) => size,
    () => 0,
  );
}
