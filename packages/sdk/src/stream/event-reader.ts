/** Events pulled one by one. */
import { formatCursor, type Position, type StreamEvent } from "@signalbox/contract";
import type { ConnectionEvent } from "./connection-event.ts";
import type { CursorKeeper } from "./cursor/cursor-keeper.ts";
import type { StreamSource } from "./stream-source.ts";

/** What a reader reads from, once it is open. */
export interface OpenedSource {
  readonly source: StreamSource;
  /** Keeps the cursor in the program's store, where it gave one. */
  readonly keeper: CursorKeeper | undefined;
}

/** What a reader is made of. */
export interface EventReaderOptions {
  /** Undefined when it was stopped before it was open. `handled`: what the keeper is to save. */
  readonly open: (handled: () => Position | undefined) => Promise<OpenedSource | undefined>;
  /** Awaited before the event that follows the notice is given out. */
  readonly onNotice: (notice: ConnectionEvent) => Promise<void>;
  /** Stops the source. */
  readonly onClose: () => void;
}

/** An async iterator over events. Read it from one place; `await using` closes it. */
export class EventReader implements AsyncIterableIterator<StreamEvent>, AsyncDisposable {
  readonly #options: EventReaderOptions;
  readonly #opened: Promise<OpenedSource | undefined>;
  /** Where the event given out last stands, and what is handled once the next one is asked for. */
  #given: Position | undefined;
  #completes: Position | undefined;
  #handled: Position | undefined;

  constructor(options: EventReaderOptions) {
    this.#options = options;
    this.#opened = options.open(() => this.#handled);
    // Whoever reads gets the error; until then nobody has to.
    this.#opened.catch(() => undefined);
  }

  /**
   * The cursor after the last event given out: start there to go on with the next one. After a view,
   * the views of its event come again there.
   */
  get cursor(): string | undefined {
    return this.#given === undefined ? undefined : formatCursor(this.#given);
  }

  async next(): Promise<IteratorResult<StreamEvent, undefined>> {
    const opened = await this.#opened;
    if (opened === undefined) return { done: true, value: undefined };
    const { source, keeper } = opened;
    // Asking for the next one says that the one before is handled.
    this.#handled = this.#completes ?? this.#handled;
    for (;;) {
      keeper?.touch();
      const item = await source.next().catch(async (error: unknown) => {
        await this.#close();
        throw error;
      });
      if (item === undefined) {
        await this.#close();
        return { done: true, value: undefined };
      }
      if (item.kind === "event") {
        this.#given = { epoch: item.epoch, seq: item.event.seq };
        this.#completes = { epoch: item.epoch, seq: item.completes };
        return { done: false, value: item.event };
      }
      if (item.kind === "notice") await this.#options.onNotice(item.notice);
      this.#given = item.position;
      this.#completes = item.position;
      this.#handled = item.position;
    }
  }

  async return(): Promise<IteratorResult<StreamEvent, undefined>> {
    await this.#close();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }

  async #close(): Promise<void> {
    this.#options.onClose();
    const opened = await this.#opened.catch(() => undefined);
    await opened?.keeper?.close();
  }
}
