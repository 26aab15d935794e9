/**
 * Many sessions at work for a long time, with people who say things and answer questions, queues that
 * move, webhooks that come in and triggers that fire, while the hub and codex are killed at random; then
 * everything is held against everything else.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Signalbox } from "@signalbox/sdk";
import { startScriptedModel } from "@signalbox/testing";
import { createRandom } from "../faults/random.ts";
import type { Victim } from "../faults/victims.ts";
import { World } from "../sdk/world.ts";
import { Caretaker } from "./caretaker.ts";
import { Deliveries } from "./deliveries.ts";
import { fateOf, judgeDeliveries } from "./delivery-verdict.ts";
import { judgeFirings } from "./firing-verdict.ts";
import { killFor } from "./killer.ts";
import { LetterBox } from "./letter-box.ts";
import { type MemoryFigures, MemoryLog } from "./memory.ts";
import { judgeMessages } from "./message-verdict.ts";
import { Operator } from "./operator.ts";
import { endOf, judgeQuestions } from "./question-verdict.ts";
import { countBy, type SoakReport } from "./report.ts";
import { makeTriggers, pauseTriggers } from "./rules.ts";
import { allFirings, allMessages, allQuestions, sayLastWords, settle } from "./settle.ts";
import { Speakers } from "./speakers.ts";
import { judgeTurns } from "./turn-verdict.ts";
import { withoutReplaced } from "./vain-tries.ts";
import { Witness } from "./witness.ts";
import { Yard } from "./yard.ts";

export interface SoakOptions {
  readonly seconds: number;
  /** At most 200. */
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

/** What is read of the journal. */
const judged = [
  "message.*",
  "queue.updated",
  "trigger.*",
  "request.opened",
  "request.resolved",
  "app_server.turn.started",
  "app_server.turn.completed",
  "app_server.item.completed",
].join();
/** Largest write-ahead log, in bytes: what SQLite is told to keep of it, and one batch. */
const largestLog = 80 * 1024 * 1024;

/** Runs it. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { seconds, seed, runtime, onProgress = () => {} } = options;
  const random = createRandom(seed);
  await using letters = await LetterBox.open(random);
  await using yard = await Yard.open();
  await using memory = await MemoryLog.open();
  const model = await startScriptedModel({ keep: 100 });
  const witness = new Witness(model, yard, random);
  await using world = await World.around(model, ["--runtime", runtime], memory.nodeArguments);
  await using box = world.connect();
  const { journal } = await box.system.health();
  const sessions = await openSessions(box, options.sessions);
  const { triggers, hooks } = await makeTriggers(box, sessions, letters.url);
  onProgress(`${sessions.length} sessions and ${triggers.length} triggers are there.`);

  const from = Date.now();
  const pause = (1_000 * sessions.length) / options.rate;
  const speakers = new Speakers({ box, sessions, random, pause });
  const caretaker = new Caretaker(box, random);
  const operator = new Operator(box, random);
  const deliveries = new Deliveries({ url: world.url, hooks, random, pause });
  const killed = await killFor({ ...options, world, box, random, onKill: onProgress });
  onProgress("No more is killed; what is under way comes to its end.");
  await speakers.stop();
  await deliveries.stop();
  await caretaker.stop();
  const to = Date.now();
  const logSize = await sizeOf(world, "signalbox.db-wal");
  await pauseTriggers(box, triggers);
  const unsettled = await settle(box, caretaker);
  if (unsettled.length === 0) await sayLastWords(box, witness, sessions);
  await operator.stop();

  const messages = await allMessages(box);
  const firings = await allFirings(box);
  const questions = await allQuestions(box);
  const { epoch, head } = journal;
  const events = await world.journal(`${epoch}:${head}`, { types: judged });
  const { journal: end } = await box.system.health();
  const database = await sizeOf(world, "signalbox.db");
  const { brought } = letters;
  const { absences, kills } = killed;
  const figures = await memory.compare(from, to);
  const traces = await yard.traces();
  const { given } = operator;
  const wrong = [
    ...unsettled,
    ...judgeMessages({
      ...{ sessions, speakers, caretaker, witness, events },
      messages: withoutReplaced(messages),
    }),
    ...judgeTurns(events),
    ...judgeFirings({ triggers, firings, messages, brought, events, absences }),
    ...judgeQuestions({ questions, given, firings, events, traces }),
    ...judgeDeliveries(deliveries.made, firings),
    ...judgeMemory(figures, options.mayGrow),
    ...model.faults.map((fault) => `The model's script failed: ${String(fault)}`),
  ];
  if (logSize > largestLog) wrong.push(`The write-ahead log came to ${logSize} bytes.`);
  const refused = speakers.said.filter(({ answer }) => answer === "refused");
  return {
    seconds,
    sessions: sessions.length,
    seed,
    runtime,
    kills,
    turns: events.filter(({ type }) => type === "app_server.turn.completed").length,
    events: end.head - head,
    modelRequests: witness.requests,
    messages: {
      said: countBy(speakers.said, ({ mode, answer }) => `${mode} ${answer}`),
      ended: countBy(messages, ({ state }) => state),
      holds: caretaker.resumed,
      refusals: countBy(refused, ({ code }) => code ?? ""),
    },
    firings: {
      ended: countBy(firings, ({ name, state }) => `${name} ${state}`),
      heldBack: countBy(
        firings.flatMap(({ guards }) => guards.filter(({ passes }) => !passes)),
        ({ guard }) => guard,
      ),
      standIns: firings.reduce(
        (sum, { cause }) => sum + (cause.type === "time" ? cause.missed : 0),
        0,
      ),
    },
    questions: {
      ended: countBy(questions, endOf),
      given: countBy(given, ({ said }) => said),
      commandsRun: traces.size,
    },
    deliveries: {
      made: countBy(deliveries.made, fateOf),
      attempts: countBy(
        deliveries.made.flatMap(({ attempts }) => attempts),
        ({ isOverheard, status = "unanswered" }) =>
          `${isOverheard ? "overheard" : "own"} ${status}`,
      ),
    },
    memory: figures,
    storage: { database, log: logSize },
    wrong,
  };
}

/** Sessions that have had their first turn, without which codex forgets them when it is killed. */
async function openSessions(box: Signalbox, count: number): Promise<string[]> {
  const opened = Array.from({ length: count }, async (_, n) => {
    const text = `[begin${n}] Hello.`;
    const { session, turnId } = await box.sessions.create({ title: `Soak ${n}`, text });
    await box.wait.turn({ sessionId: session.sessionId, turnId: turnId! });
    return session.sessionId;
  });
  return Promise.all(opened);
}

function judgeMemory(figures: MemoryFigures | undefined, mayGrow: number | undefined): string[] {
  if (mayGrow === undefined) return [];
  if (figures === undefined) return ["Too little was seen of the hub's memory to compare it."];
  return Object.entries(figures.growth)
    .filter(([, growth]) => growth > mayGrow)
    .map(([what, growth]) => `The hub's ${what} memory grew by ${(growth * 100).toFixed(1)} %.`);
}

async function sizeOf(world: World, file: string): Promise<number> {
  return stat(join(world.home, file)).then(
    ({ size }) => size,
    () => 0,
  );
}
