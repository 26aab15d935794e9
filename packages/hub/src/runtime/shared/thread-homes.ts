/**
 * Which connection a thread is heard on. Codex tells some things of a thread to every connection, and
 * the rest to those that subscribed to it: each thread has one home, and only what comes there counts.
 */
import { setTimeout as delay } from "node:timers/promises";

/** Threads whose start was told that are remembered; the oldest are forgotten first. */
const maxStarted = 4_096;
/** How long news of an unknown thread waits for starts under way, in ms. */
const patience = 1_000;

/** The homes of threads among `count` connections, numbered from 0. */
export class ThreadHomes {
  readonly #count: number;
  readonly #homes = new Map<string, number>();
  readonly #started = new Set<string>();
  readonly #starting = new Set<Promise<unknown>>();
  #next = 0;

  constructor(count: number) {
    this.#count = count;
  }

  /** The home of a thread: the one it was given, else one that follows from its id. */
  homeOf(threadId: string): number {
    return this.#homes.get(threadId) ?? hash(threadId) % this.#count;
  }

  /** A home for a thread that is about to be made. */
  nextHome(): number {
    this.#next = (this.#next + 1) % this.#count;
    return this.#next;
  }

  /** Gives a thread its home. */
  settle(threadId: string, home: number): void {
    this.#homes.set(threadId, home);
  }

  /** Forgets a thread that codex has closed. */
  forget(threadId: string): void {
    this.#homes.delete(threadId);
    this.#started.delete(threadId);
  }

  /** Notes a call that makes a thread and settles it. */
  async whileStarting<Result>(start: Promise<Result>): Promise<Result> {
    this.#starting.add(start);
    try {
      return await start;
    } finally {
      this.#starting.delete(start);
    }
  }

  /** Whether a thread is being made: then news of one that is not settled may be of that one. */
  get isStarting(): boolean {
    return this.#starting.size > 0;
  }

  /** Whether a thread was given its home. */
  isSettled(threadId: string): boolean {
    return this.#homes.has(threadId);
  }

  /** Resolves when every start under way has ended, or after a second. */
  async startsEnded(): Promise<void> {
    const timer = new AbortController();
    await Promise.race([
      Promise.allSettled([...this.#starting]),
      delay(patience, undefined, { signal: timer.signal }).catch(() => {}),
    ]);
    timer.abort();
  }

  /** Whether this start of a thread is news: every connection tells it, the first counts. */
  isNewStart(threadId: string): boolean {
    if (this.#started.has(threadId)) return false;
    this.#started.add(threadId);
    if (this.#started.size > maxStarted) {
      for (const oldest of this.#started) {
        this.#started.delete(oldest);
        break;
      }
    }
    return true;
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return sum >>> 0;
}
