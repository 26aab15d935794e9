/**
 * A place in a stream where the test decides when it goes on.
 */

/** A latch with a name: closed until released, then open for every stream that comes to it. */
export interface Gate {
  readonly name: string;
  /** Resolves when the first stream has come to the gate and all it wrote before is on the socket. */
  readonly reached: Promise<void>;
  /** Lets the streams that wait here go on, and all that come later; a second call does nothing. */
  release(): void;
}

/** A gate together with the side that streams see. */
export class ModelGate implements Gate {
  readonly name: string;
  readonly reached: Promise<void>;
  readonly #reach: () => void;
  readonly #opened: Promise<void>;
  readonly #open: () => void;

  constructor(name: string) {
    this.name = name;
    const reached = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    this.reached = reached.promise;
    this.#reach = reached.resolve;
    this.#opened = opened.promise;
    this.#open = opened.resolve;
  }

  release(): void {
    this.#open();
  }

  /** Called by a stream; resolves when the gate is open. */
  async pass(): Promise<void> {
    this.#reach();
    await this.#opened;
  }
}
