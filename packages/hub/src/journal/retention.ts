/**
 * Lets go of old events, so that a journal does not grow for ever. What the items carry anyway goes
 * first: deltas of finished items, once they are old or room is needed. Then whole events, oldest
 * first, which readers are told by a `gap`. It works in small steps with pauses in between, since
 * appending must not wait for it.
 */
import { setTimeout as delay } from "node:timers/promises";
import { SignalboxError } from "@signalbox/contract";
import type { Log } from "../log.ts";
import type { StoredEvent } from "./event.ts";
import { FinishedDeltas } from "./finished-deltas.ts";
import type { Journal } from "./journal.ts";

/** How much is kept. `Infinity` keeps everything. */
export interface RetentionLimits {
  /** Ms after which an event goes. */
  readonly maxAge: number;
  /** Ms after which a delta of a finished item goes. */
  readonly maxDeltaAge: number;
  /** Bytes of payloads; beyond them deltas of finished items go, and then the oldest events. */
  readonly maxSize: number;
}

const day = 24 * 60 * 60 * 1000;

/** Thirty days, deltas for one day, 2 GiB. */
const defaultRetention: RetentionLimits = {
  maxAge: 30 * day,
  maxDeltaAge: day,
  maxSize: 2 * 1024 ** 3,
};

/** The limits with the defaults for those not given. Throws `invalid_request`, naming the one that is wrong. */
export function toRetentionLimits(given: Partial<RetentionLimits> = {}): RetentionLimits {
  for (const [name, value] of Object.entries(given)) {
    if (value >= 0) continue;
    throw new SignalboxError(
      "invalid_request",
      `retention.${name}: ${value} is not a limit. Give a number from 0 on, or Infinity to keep everything.`,
    );
  }
  return { ...defaultRetention, ...given };
}

/** What must stay whatever the limits say. */
export interface RetentionFloor {
  /** Events after this position. */
  readonly seq: number;
  /** The first event there is that was taken at this time or later, in epoch milliseconds, and all after it. */
  readonly at: number;
}

/** What retention works with. */
export interface RetentionParts {
  readonly journal: Journal;
  readonly limits: RetentionLimits;
  readonly floor: () => RetentionFloor;
  /** Where the search for deltas goes on; asked for once, then told. */
  readonly position: { load(): number; save(seq: number): void };
  readonly now: () => number;
}

/** What one step looks at, at most. */
const stepEvents = 256;
const stepSize = 256 * 1024;

/** Retention of one journal. */
export class Retention {
  readonly #parts: RetentionParts;
  readonly #deltas = new FinishedDeltas();
  #searched: number;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    this.#searched = parts.position.load();
  }

  /** Does a bounded piece of work. False when nothing is to be let go of now. */
  async step(): Promise<boolean> {
    return (await this.#trimOld()) || (await this.#dropDeltas()) || (await this.#trimLarge());
  }

  #isTooLarge(): boolean {
    return this.#parts.journal.size > this.#parts.limits.maxSize;
  }

  #trimOld(): Promise<boolean> {
    const before = this.#parts.now() - this.#parts.limits.maxAge;
    return this.#trim((event) => event.at < before);
  }

  async #trimLarge(): Promise<boolean> {
    const { journal, limits } = this.#parts;
    let excess = journal.size - limits.maxSize;
    return this.#trim((event) => {
      if (excess <= 0) return false;
      excess -= Buffer.byteLength(event.payload);
      return true;
    });
  }

  /** Trims the oldest events while they may go. */
  async #trim(mayGo: (event: StoredEvent) => boolean): Promise<boolean> {
    const { journal } = this.#parts;
    const floor = this.#parts.floor();
    const { trimmed } = journal;
    const page = await journal.read({ after: trimmed, limit: stepEvents, maxSize: stepSize });
    const stays = page.events.find(
      (event) => event.seq > floor.seq || event.at >= floor.at || !mayGo(event),
    );
    const through = Math.min(stays === undefined ? page.next : stays.seq - 1, floor.seq);
    // Empty positions before an event that stays are left: going on from there needs no gap.
    if (through <= trimmed || (stays !== undefined && stays === page.events[0])) return false;
    await journal.trim(through);
    return true;
  }

  async #dropDeltas(): Promise<boolean> {
    const { journal, limits, position, now } = this.#parts;
    const after = Math.max(this.#searched, journal.trimmed);
    const page = await journal.read({ after, limit: stepEvents, maxSize: stepSize });
    const before = now() - limits.maxDeltaAge;
    const floor = this.#parts.floor().seq;
    const stays = page.events.find(
      (event) => event.seq > floor || !(event.at < before || this.#isTooLarge()),
    );
    const through = Math.min(stays === undefined ? page.next : stays.seq - 1, floor);
    if (through <= after) return false;
    const due = page.events.filter(({ seq }) => seq <= through);
    const finished = due.flatMap((event) => this.#deltas.take(event));
    if (finished.length > 0) await journal.drop(finished);
    this.#searched = through;
    // Deltas whose end was not seen yet must be seen again by another process.
    position.save(Math.min(through, this.#deltas.oldest - 1));
    return true;
  }
}

/** Ms between two looks at a journal within its limits. */
const interval = 60_000;
/** Of the time, one part in so many is retention's at most. */
const share = 5;

/**
 * Keeps a journal within its limits until the signal fires. `tidy` is called after each step and each
 * look. What fails is tried again at the next look.
 */
export async function retain(
  retention: Retention,
  tidy: () => void,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const started = performance.now();
    let didWork = false;
    try {
      didWork = await retention.step();
      tidy();
    } catch (err) {
      log.warn({ err }, "Old events can't be let go of now");
    }
    const pause = didWork ? (share - 1) * (performance.now() - started) : interval;
    await delay(pause, undefined, { signal, ref: false }).catch(() => {});
  }
}
