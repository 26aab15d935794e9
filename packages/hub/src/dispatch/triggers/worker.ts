/**
 * Acts on firings that are due: in their order for each session, sessions side by side. Before an act
 * its row says that it acts, and afterwards one event tells how it ended, from which the row follows;
 * so after a crash it is known which acts are in doubt, and none is done twice. What codex is not there
 * for, or has no time for, waits for it, and what comes after it goes on meanwhile.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type {
  Firing,
  FiringDelay,
  Notice,
  ShownAction,
  TriggerDefinition,
} from "@signalbox/contract";
import { type NewEvent, toNewEvent } from "../../journal/event.ts";
import type { EventLog } from "../../journal/event-log.ts";
import type { Log } from "../../log.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { isStorageError } from "../../store/database.ts";
import { isPassing } from "../messages/message-errors.ts";
import { newMessageId } from "../messages/message-row.ts";
import { type Acts, type Outcome, previewOf } from "./acts.ts";
import type { Clock } from "./clock.ts";
import { delayAfterTry, delayUntried, isGivenUp, toGivenUp } from "./delays.ts";
import { type FiringRow, toFiring } from "./firing-row.ts";
import type { DueQuery, FiringStore } from "./firing-store.ts";
import { judge } from "./guards.ts";
import { type StandingParts, standingOf } from "./standing.ts";
import { toDeletedEvent } from "./trigger-events.ts";
import type { TriggerStore } from "./trigger-store.ts";

/** What the worker needs of the hub. */
export interface WorkerParts extends StandingParts {
  readonly triggers: TriggerStore;
  readonly firings: FiringStore;
  readonly acts: Acts;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly runtime: Pick<Runtime, "notReady">;
  readonly log: Log;
}

/** Sessions acted on side by side, at most. */
const maxLanes = 16;
/** Between two tries to store something, in ms. */
const retryDelay = 500;
/** Between two looks whether codex is there for what waits for it, in ms. */
const lookInterval = 1_000;

/** How a firing ended. */
type End = Pick<Firing, "state"> &
  Partial<Pick<Firing, "guards" | "preview" | "result" | "error" | "actedAt">> & {
    readonly notice?: Notice;
  };

/** Acts until it is closed. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #started = false;
  #starting: Promise<void> | undefined;
  #stopLooking: (() => void) | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  /** Settles what was in doubt when an earlier run ended, and then begins. */
  start(): void {
    this.#starting = this.#settle().then(() => {
      this.#started = true;
      this.wake();
    });
  }

  async #settle(): Promise<void> {
    const { triggers, firings, acts, clock, log } = this.#parts;
    for (const row of firings.acting()) {
      try {
        const outcome = await acts.afterCrash(
          row,
          triggers.get(row.triggerId)?.definition,
          clock.now(),
        );
        if (outcome === undefined) firings.putBack(row.id);
        else await this.#conclude(row, outcome, {});
      } catch (err) {
        log.error({ err, firingId: row.id }, "What became of a trigger's firing is not known yet");
      }
      if (this.#stop.signal.aborted) return;
    }
  }

  /** Something may be due. */
  wake(): void {
    if (!this.#started || this.#stop.signal.aborted) return;
    const { firings } = this.#parts;
    this.#look();
    for (const target of firings.dueTargets(this.#now())) {
      if (this.#lanes.size >= maxLanes) return;
      if (this.#lanes.has(target)) continue;
      const lane = this.#work(target).finally(() => {
        this.#lanes.delete(target);
        // What came while the last one was looked for, and sessions there was no lane for.
        this.wake();
      });
      this.#lanes.set(target, lane);
    }
  }

  /** Begins nothing more, breaks off what is being posted, and waits for what acts. Idempotent. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#stopLooking?.();
    await this.#starting;
    await Promise.all(this.#lanes.values());
  }

  async #work(target: string): Promise<void> {
    const { firings, log } = this.#parts;
    while (!this.#stop.signal.aborted) {
      // Policies answer questions right after they were told of; that must be known by then.
      await nextTurn();
      let row: FiringRow | undefined;
      try {
        row = firings.nextDue(target, this.#now());
        if (row === undefined) return;
        await this.#fire(row);
      } catch (err) {
        log.error({ err, firingId: row?.id }, "A trigger's firing failed");
        if (row === undefined || isStorageError(err)) await this.#pause();
        else await this.#end(row, unforeseen);
      }
    }
  }

  async #fire(row: FiringRow): Promise<void> {
    const { triggers, firings, acts, clock, runtime } = this.#parts;
    const at = clock.now();
    if (isGivenUp(row.delay, at)) {
      await this.#end(row, { state: "failed", error: toGivenUp(row.delay) });
      return;
    }
    const definition = triggers.get(row.triggerId)?.definition;
    if (definition === undefined || !definition.enabled || definition.action.type !== row.action) {
      await this.#end(row, canceled(definition));
      return;
    }
    const facts = { ...row, event: row.event! };
    const content = acts.contentOf(definition, facts);
    const digest = content === undefined ? "" : acts.digestOf(definition, facts, content);
    const standing = standingOf(definition, { ...row, digest, content }, this.#parts);
    const guards = judge(definition.guards, standing);
    const preview = content === undefined ? null : previewOf(content);
    if (content === undefined || guards.some(({ passes }) => !passes)) {
      await this.#end(row, { state: "suppressed", guards, preview });
      return;
    }
    const { notReady } = runtime;
    if (notReady !== undefined && isForCodex(definition.action)) {
      const why = { code: "runtime_unavailable", message: notReady };
      await this.#delay(row, row.delay ?? delayUntried(why, at));
      return;
    }
    const messageId = newMessageId();
    const beginning = { guards, preview: previewOf(content), digest, messageId, at };
    if (!firings.begin(row.id, beginning)) return;
    const acting = { ...facts, messageId };
    const outcome = await acts.act(definition, acting, content, at, this.#stop.signal);
    await this.#conclude(row, outcome, { guards, preview, actedAt: at });
  }

  /** It has acted, or codex could not take what it says. */
  async #conclude(row: FiringRow, outcome: Outcome, how: Partial<End>): Promise<void> {
    const { state, error } = outcome;
    const mayTryAgain = row.action === "send" && state === "failed" && isPassing(error!.code);
    if (!mayTryAgain) return this.#end(row, { ...outcome, ...how });
    return this.#delay(row, delayAfterTry(row.delay, error!, this.#parts.clock.now()));
  }

  /** Lets one wait for codex; until that can be stored it waits as it is. */
  async #delay(row: FiringRow, delay: FiringDelay): Promise<void> {
    const { firings, log } = this.#parts;
    for (;;) {
      try {
        firings.delay(row.id, delay);
        this.#look();
        return;
      } catch (err) {
        log.error({ err, firingId: row.id }, "That a trigger's firing waits is not stored");
        if (!isStorageError(err) || this.#stop.signal.aborted) return;
        await this.#pause();
      }
    }
  }

  #now(): DueQuery {
    const { clock, runtime } = this.#parts;
    return { now: clock.now(), codexIsThere: runtime.notReady === undefined };
  }

  /** Wakes again and again as long as something waits for codex. */
  #look(): void {
    const { clock, firings } = this.#parts;
    if (this.#stopLooking !== undefined || this.#stop.signal.aborted) return;
    if (!firings.anyDelayed()) return;
    this.#stopLooking = clock.setTimer(lookInterval, () => {
      this.#stopLooking = undefined;
      this.wake();
    });
  }

  /** Tells how one ended; what can't be stored now is stored later, or settled by the next start. */
  async #end(row: FiringRow, { notice, ...end }: End): Promise<void> {
    const endedAt = this.#parts.clock.now();
    const firing: Firing = { ...toFiring(row), ...end, endedAt };
    const toEvents = () => [
      ...(notice === undefined
        ? []
        : [toNewEvent("inbox.noticed", notice.to, { notice }, endedAt)]),
      toNewEvent("trigger.fired", row.sessionId, { firing }, endedAt),
      ...this.#endOfOnce(firing, endedAt),
    ];
    for (;;) {
      try {
        await this.#parts.events.append(toEvents);
        return;
      } catch (err) {
        const { firingId } = firing;
        this.#parts.log.error({ err, firingId }, "How a trigger's firing ended is not stored");
        if (!isStorageError(err) || this.#stop.signal.aborted) return;
        await this.#pause();
      }
    }
  }

  /** A trigger that acts once goes with the firing that acted. */
  #endOfOnce({ triggerId, state }: Firing, at: number): NewEvent[] {
    const definition = this.#parts.triggers.get(triggerId)?.definition;
    const hasActed = state === "done" || state === "failed" || state === "ambiguous";
    return hasActed && definition?.guards.once ? [toDeletedEvent(definition, at)] : [];
  }

  #pause(): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const stop = this.#parts.clock.setTimer(retryDelay, resolve);
      const giveUp = () => {
        stop();
        resolve();
      };
      if (signal.aborted) giveUp();
      else signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}

/** Whether an act is to begin something that waits for codex to be there; to steer, or to cut in, needs a turn that runs. */
function isForCodex(action: ShownAction): boolean {
  return action.type === "send" && (action.mode === "start" || action.mode === "context");
}

const unforeseen: End = {
  state: "failed",
  error: { code: "internal_error", message: "Something unforeseen happened." },
};

function canceled(definition: TriggerDefinition | undefined): End {
  const [code, why] =
    definition === undefined
      ? (["trigger_not_found", "taken away"] as const)
      : definition.enabled
        ? (["aborted", "given another kind of action"] as const)
        : (["trigger_paused", "paused"] as const);
  return {
    state: "canceled",
    error: { code, message: `The trigger was ${why} before this firing acted.` },
  };
}
