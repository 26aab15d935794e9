/** One event after another. */
import type { Position } from "@signalbox/contract";
import type { ArrivedEvent, EventOrder } from "./event-order.ts";

/** Hands on an event and settles once its handlers are done. False when the run was stopped meanwhile. */
export type HandleEvent = (arrived: ArrivedEvent) => Promise<boolean>;

/** Every event in the order of the hub, each after the one before it is handled. */
export class GlobalOrder implements EventOrder {
  readonly #handle: HandleEvent;
  readonly #onHandled: () => void;
  #epoch: string | undefined;
  #seq = 0;

  /** `onHandled` is called each time `handled` may have moved. */
  constructor(handle: HandleEvent, onHandled: () => void) {
    this.#handle = handle;
    this.#onHandled = onHandled;
  }

  get handled(): Position | undefined {
    return this.#epoch === undefined ? undefined : { epoch: this.#epoch, seq: this.#seq };
  }

  async take(arrived: ArrivedEvent): Promise<void> {
    if (await this.#handle(arrived)) this.#moveTo(arrived.epoch, arrived.completes);
  }

  pass({ epoch, seq }: Position): void {
    this.#moveTo(epoch, seq);
  }

  idle(): Promise<void> {
    return Promise.resolve();
  }

  #moveTo(epoch: string, seq: number): void {
    if (epoch === this.#epoch && seq <= this.#seq) return;
    this.#epoch = epoch;
    this.#seq = seq;
    this.#onHandled();
  }
}
