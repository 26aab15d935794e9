/**
 * The one way events come about: stored, then applied to the projections, then told. Whoever hears
 * of an event finds it in the journal, and the state that follows from it in the database.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isSignalboxError, type SignalboxError } from "@signalbox/contract";
import type { Log } from "../log.ts";
import { cannotStore, isStorageError } from "../store/database.ts";
import type { NewEvent, StoredEvent } from "./event.ts";
import type { Journal } from "./journal.ts";
import type { Projections } from "./projection.ts";

/** Hears of events after they are stored: all of them, once, in order. Must not throw. */
export type EventListener = (events: readonly StoredEvent[]) => void;

/** Between two tries to store what waits, in ms. */
const retryDelay = 500;

/** Appends events and tells of them. */
export class EventLog {
  readonly #journal: Journal;
  readonly #projections: Projections;
  readonly #listeners = new Set<EventListener>();
  #tail: Promise<unknown> = Promise.resolve();
  #writable = true;
  /** Why something waits to be stored; undefined when nothing does. */
  #waiting: SignalboxError | undefined;

  constructor(journal: Journal, projections: Projections) {
    this.#journal = journal;
    this.#projections = projections;
  }

  /** Whether the last append or check could be stored, and nothing waits to be. */
  get writable(): boolean {
    return this.#writable && this.#waiting === undefined;
  }

  /**
   * Makes sure that events can be stored, by trying when the last time failed. Rejects with
   * `storage_unavailable`, and while something waits to be stored with what is in its way: a little
   * room is not enough for what comes next.
   */
  async checkWritable(): Promise<void> {
    if (this.#waiting) throw this.#waiting;
    if (this.#writable) return;
    await this.#journal.probe();
    this.#writable = true;
  }

  /**
   * Does what changes nothing unless it can be stored, again and again until it could; meanwhile the
   * log is not writable. Rejects when the signal fires, and with any other error.
   */
  async untilStored<Result>(
    store: () => Result | Promise<Result>,
    { signal, log }: { signal: AbortSignal; log: Log },
  ): Promise<Result> {
    for (;;) {
      try {
        const result = await store();
        if (this.#waiting) log.info("Events are stored again");
        this.#waiting = undefined;
        return result;
      } catch (error) {
        if (!isStorageError(error)) throw error;
        if (!this.#waiting) log.error({ err: error }, "Codex waits until its events can be stored");
        this.#waiting = isSignalboxError(error) ? error : cannotStore(error);
        await delay(retryDelay, undefined, { signal });
      }
    }
  }

  /**
   * Stores events, all or none, in the order of the calls, and resolves once they have been told.
   * Where the events depend on the state that follows from all earlier ones, give a function: it is
   * called when that state is reached, and nothing comes between. Rejects with `storage_unavailable`;
   * then nothing happened.
   */
  append(
    events: readonly NewEvent[] | (() => readonly NewEvent[]),
  ): Promise<readonly StoredEvent[]> {
    const appended = this.#tail.then(async () =>
      this.#append(typeof events === "function" ? await this.#decide(events) : events),
    );
    this.#tail = appended.catch(() => {});
    return appended;
  }

  /** Resolves when every append so far has been stored and told, or has failed. */
  async settled(): Promise<void> {
    await this.#tail;
  }

  /** Hears of every event from now on. Returns an idempotent unsubscribe. */
  onAppended(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #decide(events: () => readonly NewEvent[]): Promise<readonly NewEvent[]> {
    if (await this.#projections.settle()) return events();
    this.#writable = false;
    throw cannotStore(new Error("what follows from earlier events is not stored yet"));
  }

  async #append(events: readonly NewEvent[]): Promise<readonly StoredEvent[]> {
    if (events.length === 0) return [];
    let stored: readonly StoredEvent[];
    try {
      stored = await this.#journal.append(events);
    } catch (error) {
      this.#writable = false;
      throw error;
    }
    this.#writable = true;
    await this.#projections.apply(stored);
    for (const listener of this.#listeners) listener(stored);
    return stored;
  }
}
