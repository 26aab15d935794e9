/**
 * Kills the hub, codex, or both, with SIGKILL and at random moments, while sessions are at work and a
 * client reads everything; then holds what the client was told against the journal.
 */
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { isSignalboxError, type Signalbox, type StreamEvent } from "@signalbox/sdk";
import { World } from "../sdk/world.ts";
import { type Faults, Ledger } from "./ledger.ts";
import { Load, scriptModel } from "./load.ts";
import { createRandom, pick } from "./random.ts";
import { killCodex, type Victim, victims } from "./victims.ts";

export interface KillOptions {
  readonly kills: number;
  readonly seed: number;
  readonly runtime: "private" | "shared";
  /** Told of each kill. */
  readonly onKill?: (victim: string, count: number, events: number) => void;
  /** Given the whole journal in the end. */
  readonly onEnd?: (events: readonly StreamEvent[]) => void;
}

export interface KillReport extends Faults {
  readonly kills: Record<Victim, number>;
  readonly events: number;
  readonly accepted: number;
  /** Positions that a reader from an earlier cursor was told otherwise. */
  readonly replayed: Faults;
  /** Turns that began and did not end once, and questions that were opened and did not end once. */
  readonly openTurns: string[];
  readonly openRequests: string[];
  /** Any `gap` that was told. */
  readonly gaps: number;
}

/** Runs it. */
export async function killAtRandom(options: KillOptions): Promise<KillReport> {
  const random = createRandom(options.seed);
  await using world = await World.start("--runtime", options.runtime);
  scriptModel(world.model);
  await using box = world.connect();
  const { journal } = await box.system.health();
  const start = journal.head;
  const cursor = `${journal.epoch}:${start}`;
  const ledger = new Ledger();
  let gaps = 0;
  box.onConnection((event) => {
    if (event.type === "gap") gaps += 1;
  });
  box.onAppServerRequest("item.command_execution.request_approval", ({ requestId }) => {
    void accept(box, requestId);
  });
  const stop = new AbortController();
  const reading = read(box, cursor, ledger, stop.signal);
  const handling = box.stream.runForever({ cursor, signal: stop.signal });
  const load = new Load(box, 4);

  const kills = { hub: 0, codex: 0, both: 0 };
  for (let count = 1; count <= options.kills; count++) {
    // Work goes on for a random while, and something was told since the last time.
    await ledger.reaches(ledger.last + 1 + Math.floor(random() * 60));
    await wait(random() * 40);
    const victim = pick(random, victims);
    if (victim !== "hub") await killCodex(box);
    if (victim !== "codex") {
      await world.killHub();
      await world.startHub();
    }
    kills[victim] += 1;
    options.onKill?.(victim, count, ledger.events.length);
  }
  await load.stop();
  await settled(world, ledger, cursor);

  const stored = await world.journal(cursor);
  options.onEnd?.(stored);
  const replay = new Ledger();
  const again = new AbortController();
  const from = start + Math.floor(random() * (ledger.last - start));
  const replaying = read(box, `${journal.epoch}:${from}`, replay, again.signal);
  await replay.reaches(stored.at(-1)?.seq ?? start);
  stop.abort();
  again.abort();
  await Promise.all([reading, replaying, handling]);
  return {
    kills,
    events: ledger.events.length,
    accepted: load.accepted,
    ...ledger.compare(stored, start),
    replayed: replay.compare(stored, from),
    openTurns: await Promise.all(openTurns(stored).map((open) => describeOpen(box, stored, open))),
    openRequests: openRequests(stored),
    gaps,
  };
}

/** Kinds of failure that say that a question needs no answer any more, or that nobody can give one. */
const settledBy: ReadonlySet<string> = new Set(["conflict", "not_found", "aborted"]);

/** Answers a question, again where the hub or codex was away, until it is answered or ended. */
async function accept(box: Signalbox, approvalId: string): Promise<void> {
  for (;;) {
    try {
      await box.approvals.decide({ approvalId, decision: "accept" });
      return;
    } catch (error) {
      if (!isSignalboxError(error) || settledBy.has(error.category)) return;
      await wait(50);
    }
  }
}

async function read(
  box: Signalbox,
  cursor: string,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  for await (const event of box.stream.events({ cursor, signal })) ledger.note(event);
}

/** Resolves when every turn and question has ended, as far as they do within a minute, and the reader was told of it. */
async function settled(world: World, ledger: Ledger, cursor: string): Promise<void> {
  const deadline = AbortSignal.timeout(60_000);
  for (;;) {
    const stored = await world.journal(cursor);
    const open = [...openTurns(stored), ...openRequests(stored)];
    if (open.length === 0 || deadline.aborted) {
      await ledger.reaches(stored.at(-1)?.seq ?? 0);
      return;
    }
    await Promise.race([wait(200), once(deadline, "abort")]);
  }
}

/** What is open, with what codex and the hub say of its thread. */
async function describeOpen(
  box: Signalbox,
  stored: readonly StreamEvent[],
  open: string,
): Promise<string> {
  const [turnId] = open.split(" ");
  const threadId = stored.find(
    (event) => event.type === "app_server.turn.started" && turnOf(event) === turnId,
  )!.threadId!;
  const said = await Promise.allSettled([
    box.appServer.call({ method: "thread/read", params: { threadId } }),
    box.appServer.call({
      method: "thread/turns/list",
      params: { threadId, limit: 2, sortDirection: "desc" },
    }),
    box.requests.list({ sessionId: threadId, limit: 3 }),
  ]);
  const ofIt = stored.filter((event) => event.threadId === threadId && !/delta/.test(event.type));
  return [
    open,
    ...said.map((each) => JSON.stringify("value" in each ? each.value : String(each.reason))),
    ...ofIt.slice(-40).map((event) => JSON.stringify(event).slice(0, 400)),
  ].join("\n");
}

function openTurns(events: readonly StreamEvent[]): string[] {
  return unpaired(events, "app_server.turn.started", "app_server.turn.completed", turnOf);
}

function openRequests(events: readonly StreamEvent[]): string[] {
  return unpaired(events, "request.opened", "request.resolved", requestOf);
}

/** Ids that began and did not end exactly once. */
function unpaired(
  events: readonly StreamEvent[],
  began: string,
  ended: string,
  idOf: (event: StreamEvent) => string,
): string[] {
  const ends = new Map<string, number>();
  for (const event of events) {
    if (event.type === ended) ends.set(idOf(event), (ends.get(idOf(event)) ?? 0) + 1);
  }
  const ids = new Set(events.filter(({ type }) => type === began).map(idOf));
  return [...ids]
    .filter((id) => ends.get(id) !== 1)
    .map((id) => `${id} ended ${ends.get(id) ?? 0} times`);
}

function turnOf(event: StreamEvent): string {
  const { params } = event.payload as { params: { turn: { id: string } } };
  return params.turn.id;
}

function requestOf(event: StreamEvent): string {
  return (event.payload as { requestId: string }).requestId;
}
