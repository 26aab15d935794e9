/** Which tool calls this process has taken on, so that none runs twice however often it is heard of. */

/** Remembers what was claimed and how it ended, the newest `limit` of what is settled. */
export class Claims<Outcome> {
  readonly #limit: number;
  readonly #claimed = new Map<string, Promise<Outcome>>();
  readonly #settled: string[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs `work` for the first claim of an id; later ones get the same outcome. */
  claim(
    id: string,
    work: () => Promise<Outcome>,
  ): { readonly isFirst: boolean; readonly outcome: Promise<Outcome> } {
    const earlier = this.#claimed.get(id);
    if (earlier !== undefined) return { isFirst: false, outcome: earlier };
    const outcome = work().finally(() => this.#settle(id));
    this.#claimed.set(id, outcome);
    return { isFirst: true, outcome };
  }

  #settle(id: string): void {
    this.#settled.push(id);
    if (this.#settled.length > this.#limit) {
      const oldest = this.#settled.shift();
      if (oldest !== undefined) this.#claimed.delete(oldest);
    }
  }
}
