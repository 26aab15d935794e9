/** All connections of the stream: each shows that it lives, and all end with the hub. */

/** One connection. */
export interface Connection {
  /** Shows the other end that we are here, and drops it when it has shown nothing for too long. */
  beat(): void;
  /** Ends it. */
  close(): void;
}

/** The open connections. */
export class Connections {
  readonly #open = new Set<Connection>();
  readonly #timer: NodeJS.Timeout;

  /** `beatInterval`: ms between two beats. */
  constructor(beatInterval: number) {
    this.#timer = setInterval(() => this.beat(), beatInterval).unref();
  }

  /** Connections open now. */
  get size(): number {
    return this.#open.size;
  }

  /** Keeps a connection. Returns an idempotent way to take it out. */
  add(connection: Connection): () => void {
    this.#open.add(connection);
    return () => this.#open.delete(connection);
  }

  /** Lets every connection show that it lives. */
  beat(): void {
    for (const connection of this.#open) connection.beat();
  }

  /** Ends every connection. Idempotent. */
  close(): void {
    clearInterval(this.#timer);
    for (const connection of this.#open) connection.close();
  }
}
