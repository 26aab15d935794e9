/** Waiting for the journal to tell something new. */
import type { StoredEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";

/** Listens from its making until it is disposed. */
export class News implements Disposable {
  #next = Promise.withResolvers<void>();
  readonly #leave: () => void;

  /** `concerns` is asked of every event that is told. Must not throw. */
  constructor(events: Pick<EventLog, "onAppended">, concerns: (event: StoredEvent) => boolean) {
    this.#leave = events.onAppended((appended) => {
      // All are asked, since it may take note of what it is shown.
      if (appended.filter(concerns).length > 0) this.wake();
    });
  }

  /** As if something that concerns had been told. */
  wake(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  /** Resolves with the next batch that concerns. Take it before looking, so that nothing comes between. */
  get next(): Promise<void> {
    return this.#next.promise;
  }

  /** Listens no more. Idempotent. */
  [Symbol.dispose](): void {
    this.#leave();
  }
}
