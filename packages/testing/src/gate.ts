/**
 * A place in a script where the test decides when it goes on.
 */

/** A latch with a name: closed until released, then open for whatever comes to it. */
export interface Gate {
  readonly name: string;
  /** Resolves when the first script has come to the gate and all it wrote before is on its way. */
  readonly reached: Promise<void>;
  /** Lets the scripts that wait here go on, and all that come later; a second call does nothing. */
  release(): void;
}

/** A gate together with the side that scripts see. */
export class ScriptGate implements Gate {
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

  /** Called by a script; resolves when the gate is open. */
  async pass(): Promise<void> {
    this.#reach();
    await this.#opened;
  }
}

/** Gates by name, each made when it is first asked for. */
export class Gates {
  readonly #gates = new Map<string, ScriptGate>();

  get(name: string): ScriptGate {
    const gate = this.#gates.get(name) ?? new ScriptGate(name);
    this.#gates.set(name, gate);
    return gate;
  }
}
