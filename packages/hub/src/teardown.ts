/** What must be undone, in the opposite order of its doing. */

/** A stack of things to undo. */
export class Teardown {
  readonly #steps: (() => unknown)[] = [];
  #running: Promise<void> | undefined;

  /** Adds a step; it runs before all earlier ones. */
  defer(step: () => unknown): void {
    this.#steps.push(step);
  }

  /**
   * Runs every step, each once, whether or not others fail, and rejects with the first failure. A
   * later call waits for the first.
   */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
