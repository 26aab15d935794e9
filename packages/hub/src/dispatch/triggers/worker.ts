/**
 * Sees to it that firings that are due act: in their order for each session, sessions side by side.
 * What waits for codex steps aside till then, and what comes after it goes on meanwhile.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { isStorageError } from "../../store/database.ts";
import { sleep } from "./clock.ts";
import { Firer, type FirerParts, retryDelay } from "./firer.ts";
import type { FiringRow } from "./firing-row.ts";
import type { DueQuery } from "./firing-store.ts";

/** Sessions acted on side by side, at most. */
const maxLanes = 16;
/** Between two looks whether codex is there for what waits for it, in ms. */
const lookInterval = 1_000;

/** Works until it is closed. */
export class Worker {
  readonly #parts: FirerParts;
  readonly #firer: Firer;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #started = false;
  #starting: Promise<void> | undefined;
  #stopLooking: (() => void) | undefined;

  constructor(parts: FirerParts) {
    this.#parts = parts;
    this.#firer = new Firer(parts, this.#stop.signal);
  }

  /** Settles what was in doubt when an earlier run ended, and then begins. */
  start(): void {
    this.#starting = this.#settle().then(() => {
      this.#started = true;
      this.wake();
    });
  }

  async #settle(): Promise<void> {
    const { firings, log } = this.#parts;
    for (const row of firings.acting()) {
      try {
        await this.#firer.settle(row);
      } catch (err) {
        log.error({ err, firingId: row.id }, "What became of a trigger's firing is not known yet");
      }
      if (this.#stop.signal.aborted) return;
    }
  }

  /** Something may be due. */
  wake(): void {
    if (!this.#started || this.#stop.signal.aborted) return;
    this.#look();
    for (const target of this.#parts.firings.dueTargets(this.#now())) {
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

  /** Begins nothing more, and breaks off what acts: the next start settles it. Idempotent. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#stopLooking?.();
    await this.#starting;
    await Promise.all(this.#lanes.values());
  }

  async #work(target: string): Promise<void> {
    const { firings, clock, log } = this.#parts;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      // Policies answer questions right after they were told of; that must be known by then.
      await nextTurn();
      let row: FiringRow | undefined;
      try {
        row = firings.nextDue(target, this.#now());
        if (row === undefined) return;
        await this.#firer.fire(row);
      } catch (err) {
        log.error({ err, firingId: row?.id }, "A trigger's firing failed");
        if (row === undefined || isStorageError(err)) await sleep(clock, retryDelay, signal);
        else await this.#firer.fail(row);
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
    if (this.#stopLooking !== undefined || !firings.anyDelayed()) return;
    this.#stopLooking = clock.setTimer(lookInterval, () => {
      this.#stopLooking = undefined;
      this.wake();
    });
  }
}
