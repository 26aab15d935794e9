/** All connected readers: each batch of events goes to every one of them, and each is kept alive. */
import type { StoredEvent } from "../journal/event.ts";

/** One connected reader. */
export interface Outlet {
  /** Takes events just appended. Never waits. */
  deliver(events: readonly StoredEvent[]): void;
  /** Shows the other end that we are here, and drops it when it has shown nothing for too long. */
  beat(): void;
  /** Ends the connection. */
  close(): void;
}

/** The connected readers. */
export class Fanout {
  readonly #outlets = new Set<Outlet>();
  readonly #timer: NodeJS.Timeout;

  /** `beatInterval`: ms between two beats. */
  constructor(beatInterval: number) {
    this.#timer = setInterval(() => this.beat(), beatInterval).unref();
  }

  /** Readers connected now. */
  get size(): number {
    return this.#outlets.size;
  }

  /** Adds a reader, which gets every batch from now on. Returns an idempotent way to take it out. */
  add(outlet: Outlet): () => void {
    this.#outlets.add(outlet);
    return () => this.#outlets.delete(outlet);
  }

  /** Gives a batch to every reader. */
  deliver(events: readonly StoredEvent[]): void {
    for (const outlet of this.#outlets) outlet.deliver(events);
  }

  /** Lets every reader's connection show that it lives. */
  beat(): void {
    for (const outlet of this.#outlets) outlet.beat();
  }

  /** Ends every connection. Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    for (const outlet of this.#outlets) outlet.close();
  }
}
