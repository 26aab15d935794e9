/** Events pulled one by one. */
import type { StreamEvent } from "@signalbox/contract";
import type { ConnectionEvent } from "./connection-event.ts";
import type { StreamSource } from "./stream-source.ts";

/** What a reader is made of. */
export interface EventReaderOptions {
  readonly source: StreamSource;
  /** Awaited before the event that follows the notice is given out. */
  readonly onNotice: (notice: ConnectionEvent) => Promise<void>;
  readonly onClose: () => void;
}

/** An async iterator over events. Read it from one place; `await using` closes it. */
export class EventReader implements AsyncIterableIterator<StreamEvent>, AsyncDisposable {
  readonly #options: EventReaderOptions;
  #cursor: string | undefined;

  constructor(options: EventReaderOptions) {
    this.#options = options;
  }

  /** The cursor after the last event given out: start there to go on with the next one. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  async next(): Promise<IteratorResult<StreamEvent, undefined>> {
    const { source, onNotice, onClose } = this.#options;
    for (;;) {
      const item = await source.next().catch((error: unknown) => {
        onClose();
        throw error;
      });
      if (item === undefined) {
        onClose();
        return { done: true, value: undefined };
      }
      this.#cursor = item.cursor;
      if (item.kind === "event") return { done: false, value: item.event };
      await onNotice(item.notice);
    }
  }

  async return(): Promise<IteratorResult<StreamEvent, undefined>> {
    this.#options.onClose();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.onClose();
  }
}
