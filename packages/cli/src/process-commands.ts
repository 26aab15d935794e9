/** The commands that look after the hub's process rather than ask the hub for something. */
import { type Command, InvalidArgumentError } from "commander";
import { addPassedServeOptions, homeOption } from "./serve-options.ts";

/** Adds them. `exitWith` is told how a command ended. */
export function addProcessCommands(program: Command, exitWith: (code: number) => void): void {
  const upCommand = program
    .command("up")
    .description("start the hub in the background, if it does not run yet");
  const serveArguments = addPassedServeOptions(upCommand);
  upCommand
    .option("--timeout <seconds>", "how long the start may take", parseSeconds, 30_000)
    .option("--json", "print one JSON object when ready")
    .action(async (options) => {
      const { up } = await import("./commands/up.ts");
      exitWith(await up(options, serveArguments));
    });

  program
    .command("down")
    .description("end the hub, however it was started, and wait until it has ended")
    .option(...homeOption)
    .option("--timeout <seconds>", "how long it may take to end", parseSeconds, 20_000)
    .option("--force", "kill it when it takes longer")
    .option("--json", "print one JSON object")
    .action(async (options) => {
      const { down } = await import("./commands/down.ts");
      exitWith(await down(options));
    });

  program
    .command("status")
    .description("say whether the hub runs, where, and what it has in hand")
    .option(...homeOption)
    .option("--json", "print one JSON object")
    .action(async (options) => {
      const { status } = await import("./commands/status.ts");
      exitWith(await status(options));
    });
}

/** Seconds as milliseconds. */
function parseSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  // Longer ones overflow a timer.
  if (seconds > 0 && seconds <= 86_400) return seconds * 1_000;
  throw new InvalidArgumentError("Give a number of seconds above 0, at most 86400.");
}
