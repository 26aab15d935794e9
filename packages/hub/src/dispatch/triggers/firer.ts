/**
 * Takes one firing from its turn to its end. Before an act its row says that it acts, and afterwards
 * one event tells how it ended, from which the row follows; so after a crash it is known which acts
 * are in doubt, and none is done twice. What codex is not there for, or has no time for, waits for it.
 */
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
import { type Clock, sleep } from "./clock.ts";
import { delayAfterTry, delayUntried, isGivenUp, toGivenUp } from "./delays.ts";
import { type FiringRow, toFiring } from "./firing-row.ts";
import type { FiringStore } from "./firing-store.ts";
import { judge } from "./guards.ts";
import { type StandingParts, standingOf } from "./standing.ts";
import { toDeletedEvent } from "./trigger-events.ts";
import type { TriggerStore } from "./trigger-store.ts";

/** What it needs of the hub. */
export interface FirerParts extends StandingParts {
  readonly triggers: TriggerStore;
  readonly firings: FiringStore;
  readonly acts: Acts;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly runtime: Pick<Runtime, "notReady">;
  readonly log: Log;
}

/** Between two tries to store something, in ms. */
export const retryDelay = 500;

/** How a firing ended. */
type End = Pick<Firing, "state"> &
  Partial<Pick<Firing, "guards" | "preview" | "result" | "error" | "actedAt">> & {
    readonly notice?: Notice;
  };

/** Fires, until its signal breaks off what is being posted, waits for codex or can't be stored. */
export class Firer {
  readonly #parts: FirerParts;
  readonly #signal: AbortSignal;

  constructor(parts: FirerParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Acts on one that is due, unless something holds it back. Rejects with what is unforeseen. */
  async fire(row: FiringRow): Promise<void> {
    const { triggers, firings, acts, clock, runtime } = this.#parts;
    const definition = triggers.get(row.triggerId)?.definition;
    if (definition === undefined || !definition.enabled || definition.action.type !== row.action) {
      return this.#end(row, canceled(definition));
    }
    const facts = { ...row, event: row.event! };
    const content = acts.contentOf(definition, facts);
    const digest = content === undefined ? "" : acts.digestOf(definition, facts, content);
    const standing = standingOf(definition, { ...row, digest, content }, this.#parts);
    const guards = judge(definition.guards, standing);
    const preview = content === undefined ? null : previewOf(content);
    if (content === undefined || guards.some(({ passes }) => !passes)) {
      return this.#end(row, { state: "suppressed", guards, preview });
    }
    const at = clock.now();
    const { delay } = row;
    if (isGivenUp(delay, at)) {
      return this.#end(row, { state: "failed", guards, preview, error: toGivenUp(delay) });
    }
    const { notReady: message } = runtime;
    if (message !== undefined && isForCodex(definition.action)) {
      const why = { code: "runtime_unavailable", message };
      return this.#delay(row, delay ?? delayUntried(why, at));
    }
    const messageId = newMessageId();
    const beginning = { guards, preview: previewOf(content), digest, messageId, at };
    if (!firings.begin(row.id, beginning)) return;
    const acting = { ...facts, messageId };
    const act = acts.act(definition, acting, content, at, this.#signal);
    // What is said may wait long for codex; its message tells the next start what became of it.
    const outcome = await (saysSomething(definition.action) ? unless(this.#signal, act) : act);
    if (outcome === undefined) return;
    await this.#conclude(row, outcome, { guards, preview, actedAt: at });
  }

  /** Ends one that acted when an earlier run ended, or lets it be due again where it surely did not. */
  async settle(row: FiringRow): Promise<void> {
    const { triggers, firings, acts, clock } = this.#parts;
    const definition = triggers.get(row.triggerId)?.definition;
    const settling = acts.afterCrash(row, definition, clock.now());
    const outcome = await unless(this.#signal, settling);
    if (this.#signal.aborted) return;
    if (outcome === undefined) firings.putBack(row.id);
    else await this.#conclude(row, outcome, {});
  }

  /** Ends one whose firing failed in a way nobody foresaw. */
  fail(row: FiringRow): Promise<void> {
    const error = { code: "internal_error", message: "Something unforeseen happened." };
    return this.#end(row, { state: "failed", error });
  }

  /** It has acted, or codex could not take what it says. */
  #conclude(row: FiringRow, outcome: Outcome, how: Partial<End>): Promise<void> {
    const { state, error } = outcome;
    if (row.action !== "send" || state !== "failed" || error === null || !isPassing(error.code)) {
      return this.#end(row, { ...outcome, ...how });
    }
    return this.#delay(row, delayAfterTry(row.delay, error, this.#parts.clock.now()));
  }

  #delay({ id }: FiringRow, delay: FiringDelay): Promise<void> {
    return this.#keep(id, () => this.#parts.firings.delay(id, delay));
  }

  /** Tells how one ended. */
  #end(row: FiringRow, { notice, ...end }: End): Promise<void> {
    const { events, clock } = this.#parts;
    const endedAt = clock.now();
    const firing: Firing = { ...toFiring(row), ...end, endedAt };
    const toEvents = () => [
      ...(notice === undefined
        ? []
        : [toNewEvent("inbox.noticed", notice.to, { notice }, endedAt)]),
      toNewEvent("trigger.fired", row.sessionId, { firing }, endedAt),
      ...this.#endOfOnce(firing, endedAt),
    ];
    return this.#keep(row.id, () => events.append(toEvents));
  }

  /** A trigger that acts once goes with the firing that acted. */
  #endOfOnce({ triggerId, state }: Firing, at: number): NewEvent[] {
    const definition = this.#parts.triggers.get(triggerId)?.definition;
    const hasActed = state === "done" || state === "failed" || state === "ambiguous";
    return hasActed && definition?.guards.once ? [toDeletedEvent(definition, at)] : [];
  }

  /** Stores what became of one; what can't be stored now is stored later, or settled by the next start. */
  async #keep(firingId: string, store: () => unknown): Promise<void> {
    const { clock, log } = this.#parts;
    for (;;) {
      try {
        await store();
        return;
      } catch (err) {
        log.error({ err, firingId }, "What became of a trigger's firing is not stored");
        if (!isStorageError(err) || this.#signal.aborted) return;
        await sleep(clock, retryDelay, this.#signal);
      }
    }
  }
}

/** Whether an act is to begin what needs codex. To steer, or to cut in, needs a turn that runs, which is gone with its codex. */
function isForCodex(action: ShownAction): boolean {
  return action.type === "send" && (action.mode === "start" || action.mode === "context");
}

function saysSomething({ type }: ShownAction): boolean {
  return type === "send" || type === "notice";
}

/** What comes of some work; undefined where the signal fires first. */
function unless<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

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
