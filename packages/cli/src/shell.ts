/** What a command is run in: where it writes, whom it can ask, what it is set up with. */
import { createInterface } from "node:readline/promises";
import { text as readAll } from "node:stream/consumers";
import { endOnClosedPipe } from "./log/closed-pipe.ts";

/** The surroundings of one command. */
export interface Shell {
  /** Writes what a program may read on. */
  out(text: string): void;
  /** Writes what is for people: errors, questions, hints. */
  err(text: string): void;
  /** All of stdin. */
  readInput(): Promise<string>;
  /** Asks on the terminal and gives the answer, empty where it was ended without one. */
  ask(question: string): Promise<string>;
  /** Whether somebody is there to answer. */
  readonly canAsk: boolean;
  /** How what is written to `out` is read: on a terminal, so many columns wide, or by a program. */
  readonly terminal: { readonly columns: number } | undefined;
  /** Where the command is run. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fires when the person wants the command to end. */
  readonly interrupted: AbortSignal;
}

/** This process's own. */
export function processShell(): Shell {
  const { stdin, stdout, stderr, env } = process;
  endOnClosedPipe();
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    readInput: () => readAll(stdin),
    async ask(question) {
      const lines = createInterface({ input: stdin, output: stderr });
      const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
      try {
        return await Promise.race([lines.question(question), ended]);
      } finally {
        lines.close();
      }
    },
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    terminal: stdout.isTTY === true ? { columns: stdout.columns || 80 } : undefined,
    cwd: process.cwd(),
    env,
    get interrupted() {
      interruption ??= listenForInterruption();
      return interruption;
    },
  };
}

let interruption: AbortSignal | undefined;

/** From the first time it is asked for, ctrl-C ends the command in its own way; a second one ends the process. */
function listenForInterruption(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}
