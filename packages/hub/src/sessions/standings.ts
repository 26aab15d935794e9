/** What settings codex's threads stand at, and which of them are one turn's only. Kept in memory: a new process is asked anew. */
import type { ThreadSettings } from "@signalbox/protocol";
import {
  fromThreadSettings,
  isSameWanted,
  type Standing,
  toWanted,
  type Wanted,
} from "./thread-settings.ts";

/** Threads known at once, at most; one that is forgotten is told its settings in full. */
const maxKnown = 10_000;

/** The threads' settings. */
export class Standings {
  readonly #known = new Map<string, Standing>();
  /** Threads whose turn overrides something, and what they run with meanwhile. */
  readonly #overridden = new Map<string, Wanted>();

  /** What a thread stands at; undefined when that is not known. */
  of(threadId: string): Standing | undefined {
    return this.#known.get(threadId);
  }

  /** Codex answered, or was told, that a thread stands at this. */
  note(threadId: string, standing: Standing): void {
    this.#known.delete(threadId);
    if (this.#known.size >= maxKnown) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(threadId, standing);
  }

  /** A turn is about to run with this, and only this turn. */
  override(threadId: string, wanted: Wanted): void {
    this.#overridden.set(threadId, wanted);
  }

  /** The turn was not started. */
  abandon(threadId: string): void {
    this.#overridden.delete(threadId);
  }

  /** Takes what codex tells of a thread's settings. True when it is what one turn runs with. */
  isOfOneTurn(threadId: string, settings: ThreadSettings): boolean {
    const standing = fromThreadSettings(settings);
    this.note(threadId, standing);
    const overridden = this.#overridden.get(threadId);
    if (overridden === undefined) return false;
    if (isSameWanted(overridden, toWanted(standing, {}))) return true;
    // Put back, or changed by somebody else: either way the override is over.
    this.#overridden.delete(threadId);
    return false;
  }

  /** The process that held the threads is gone. */
  clear(): void {
    this.#known.clear();
    this.#overridden.clear();
  }
}
