/**
 * Fires triggers whose time has come. A time that passed is a firing, and the trigger's next time is
 * set, in one transaction: so each time fires once over any restart. It sleeps to the next time, but
 * never long, since the clock may be set meanwhile.
 */
import type { DatabaseSync } from "node:sqlite";
import type { FiringCause } from "@signalbox/contract";
import type { Log } from "../../log.ts";
import { transaction } from "../../store/database.ts";
import type { Clock } from "./clock.ts";
import { dueAfter, dueNow, isTimed } from "./due-times.ts";
import type { FiringStore } from "./firing-store.ts";
import { newFiringOf } from "./reactor.ts";
import type { KeptTrigger, TriggerStore } from "./trigger-store.ts";

/** What the scheduler needs of the hub. */
export interface SchedulerParts {
  readonly database: DatabaseSync;
  readonly triggers: TriggerStore;
  readonly firings: FiringStore;
  readonly clock: Clock;
  /** Called when something is due. */
  readonly wake: () => void;
  readonly log: Log;
}

/** Longest sleep, in ms: so late the scheduler notices that the clock was set. */
export const longestSleep = 30_000;
/** Between two tries to store what is due, in ms. */
const retryDelay = 500;

/** Looks at the clock until it is closed. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  #stopTimer: (() => void) | undefined;
  #closed = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Fires what is due and sleeps until something else is; also when a next time has changed. */
  tick(): void {
    if (this.#closed) return;
    this.#stopTimer?.();
    const { triggers, clock, log } = this.#parts;
    let sleep = longestSleep;
    try {
      this.#fireDue(clock.now());
      sleep = Math.min(longestSleep, ...triggers.all().map((one) => untilDue(one, clock.now())));
    } catch (err) {
      // What was written in memory may not be in the database.
      triggers.forget();
      log.error({ err }, "Triggers that are due could not be stored");
      sleep = retryDelay;
    }
    this.#stopTimer = clock.setTimer(Math.max(0, sleep), () => this.tick());
  }

  /** Looks no more. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#stopTimer?.();
  }

  #fireDue(now: number): void {
    const due = this.#parts.triggers.all().filter((trigger) => untilDue(trigger, now) <= 0);
    if (due.length === 0) return;
    transaction(this.#parts.database, () => {
      for (const trigger of due) this.#fire(trigger, now);
    });
    this.#parts.wake();
  }

  #fire({ definition, timing }: KeptTrigger, now: number): void {
    const { triggers, firings } = this.#parts;
    const { when, triggerId } = definition;
    const { anchor, nextDueAt, idleSince, idleTurnId } = timing;
    if (nextDueAt === null) return;
    const depth = firings.depthOf(idleTurnId);
    const add = (cause: FiringCause, dueAt: number) =>
      firings.add({
        ...newFiringOf(definition),
        cause,
        depth,
        dueAt,
        event: { type: when.type, threadId: null, seq: null, at: dueAt, payload: cause },
      });
    if (isTimed(when)) {
      for (const cause of dueNow(when, anchor, nextDueAt, now)) add(cause, cause.dueAt);
      triggers.setTiming(triggerId, { nextDueAt: dueAfter(when, anchor, now) });
      return;
    }
    add({ type: "idle", since: idleSince ?? nextDueAt, turnId: idleTurnId }, nextDueAt);
    triggers.setTiming(triggerId, { nextDueAt: null });
  }
}

function untilDue({ definition, timing }: KeptTrigger, now: number): number {
  const { nextDueAt } = timing;
  return definition.enabled && nextDueAt !== null ? nextDueAt - now : Number.POSITIVE_INFINITY;
}
