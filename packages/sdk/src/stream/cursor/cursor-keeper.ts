/**
 * Saves how far a run has come, as it moves on: at once after a quiet time, then at most once a
 * pace, and what is left when the run ends. A busy stream so costs a save every now and then, and a
 * program that dies goes on a pace earlier: handlers may see those events again, and never miss one.
 */
import { formatCursor, type Position, SignalboxError } from "@signalbox/contract";
import { runIsolated } from "../../router/isolate.ts";
import type { HandlerErrorListener } from "../../router/route.ts";
import { Backoff } from "../backoff.ts";
import type { CursorStore } from "./cursor-store.ts";

/** Milliseconds from one save to the next. */
const savePace = 200;
/** Milliseconds a save may take before it counts as failed. */
const saveDeadline = 5_000;
/** The longest pause after failed saves, in milliseconds. */
const longestPause = 10_000;

/** What a keeper is made of. */
export interface CursorKeeperOptions {
  readonly store: CursorStore;
  readonly key: string;
  /** What the store holds already. */
  readonly saved: string | undefined;
  /** Everything up to here was handled; undefined while no place is known. */
  readonly handled: () => Position | undefined;
  readonly onHandlerError: HandlerErrorListener;
}

/** Keeps one run's cursor saved. */
export class CursorKeeper {
  readonly #options: CursorKeeperOptions;
  readonly #backoff = new Backoff({
    base: savePace * 2,
    cap: longestPause,
    stableAfter: Number.POSITIVE_INFINITY,
  });
  #saved: string | undefined;
  #saving: Promise<void> | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: CursorKeeperOptions) {
    this.#options = options;
    this.#saved = options.saved;
  }

  /** The run has moved on. Cheap, so that it can be called for every event. */
  touch(): void {
    if (this.#saving !== undefined || this.#pause !== undefined || this.#isClosed) return;
    if (this.#unsaved() === undefined) return;
    this.#saving = this.#save().then((isSaved) => {
      this.#saving = undefined;
      if (!this.#isClosed) this.#rest(isSaved ? savePace : savePace + this.#backoff.next(0));
    });
  }

  /** Saves what is left, once, and then nothing more. Never rejects; takes a save's deadline at most, twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#pause);
    await this.#saving;
    if (this.#unsaved() !== undefined) await this.#save();
  }

  #rest(milliseconds: number): void {
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.touch();
    }, milliseconds);
  }

  /** The cursor to save; undefined when the store has it. */
  #unsaved(): string | undefined {
    const position = this.#options.handled();
    const cursor = position === undefined ? undefined : formatCursor(position);
    return cursor === this.#saved ? undefined : cursor;
  }

  async #save(): Promise<boolean> {
    const { store, key, onHandlerError } = this.#options;
    const cursor = this.#unsaved();
    if (cursor === undefined) return true;
    const outcome = await runIsolated(() => store.save(key, cursor), {
      deadline: saveDeadline,
      signal: new AbortController().signal,
    });
    if (outcome.ended === "done") {
      this.#saved = cursor;
      return true;
    }
    onHandlerError({
      reason: "cursor_store",
      error: "error" in outcome ? outcome.error : undefined,
      handler: `cursorStore.save(${JSON.stringify(key)})`,
      event: null,
    });
    return false;
  }
}

/** Reads a store for a run that begins. Rejects with what the store rejects with, or `invalid_cursor`. */
export async function loadCursor(store: CursorStore, key: string): Promise<string | undefined> {
  const cursor: unknown = await store.load(key);
  if (cursor === undefined || cursor === null) return undefined;
  if (typeof cursor === "string") return cursor;
  throw new SignalboxError(
    "invalid_cursor",
    `The cursor store gave ${typeof cursor} for ${JSON.stringify(key)}: load must give the text that was saved, or undefined.`,
  );
}
