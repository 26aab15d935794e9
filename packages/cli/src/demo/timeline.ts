/** What the demo says while it runs: one line a thing that happens, with the time since its start. */
import { styleText } from "node:util";

/** Who did it. */
export type Actor = "model" | "hub" | "sdk" | "you" | "codex" | "skill" | "wire";

const colours = {
  model: "magenta",
  hub: "blue",
  sdk: "cyan",
  you: "green",
  codex: "yellow",
  skill: "cyan",
  wire: "red",
} as const satisfies Record<Actor, Parameters<typeof styleText>[0]>;

/** Writes lines to stdout: for people, or one JSON object each. */
export class Timeline {
  readonly #isJson: boolean;
  readonly #began = performance.now();

  constructor(options: { readonly json: boolean }) {
    this.#isJson = options.json;
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return Math.round(performance.now() - this.#began);
  }

  /** Says one thing. `facts` are for programs; the text has them for people. */
  say(actor: Actor, text: string, facts: Readonly<Record<string, unknown>> = {}): void {
    const at = this.elapsed;
    if (this.#isJson) {
      this.#write(JSON.stringify({ at, actor, text, ...facts }));
      return;
    }
    // styleText leaves colours out where stdout is no terminal or NO_COLOR is set.
    const time = styleText("dim", `${(at / 1_000).toFixed(2).padStart(6)} s`);
    this.#write(`${time}  ${styleText(colours[actor], actor.padEnd(5))}  ${text}`);
  }

  /** Says how it ended: the last line. */
  conclude(text: string, isGood: boolean, facts: Readonly<Record<string, unknown>>): void {
    if (this.#isJson) this.#write(JSON.stringify({ at: this.elapsed, result: facts }));
    else this.#write(`\n${styleText(isGood ? "green" : "red", text)}`);
  }

  #write(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}
