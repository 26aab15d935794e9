/** The commands that look after the hub's process rather than ask the hub for something. */
import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { addPassedServeOptions, homeOption, parsePort } from "./serve-options.ts";

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

  program
    .command("logs")
    .description("show what a hub in the background logs")
    .option(...homeOption)
    .option("-n, --lines <number>", "how many of the last lines", parseLines, 100)
    .option("-f, --follow", "go on with what comes")
    .addOption(
      new Option("--level <level>", "how serious at least")
        .choices(["debug", "info", "warn", "error"])
        .default("debug"),
    )
    .option("--json", "the lines as they are in the file, also on a terminal")
    .action(async (options) => {
      const { logs } = await import("./commands/logs.ts");
      exitWith(await logs(options));
    });

  program
    .command("doctor")
    .description("look for what keeps a hub from working here; 1 when something does")
    .option(...homeOption)
    .option("--codex <path>", "codex binary (default: SIGNALBOX_CODEX, an installed one, PATH)")
    .option("--port <number>", "port a hub would listen on", parsePort, 4777)
    .option("--json", "print one JSON object")
    .action(async (options) => {
      const { doctor } = await import("./commands/doctor.ts");
      exitWith(await doctor(options));
    });

  program
    .command("watch")
    .description("see what happens in sessions as it happens, and answer what they ask")
    .argument("[session...]", "ids, @handles or titles; default: every session")
    .option("--url <url>", "where the hub is (default: SIGNALBOX_URL, the profile, this machine)")
    .option("--token-file <file>", "where its token is (default: SIGNALBOX_TOKEN, its home)")
    .option(...homeOption)
    .option("--profile <name>", "a profile of ~/.config/signalbox/config.json instead")
    .option("--after <cursor>", "of lines: begin after this cursor, not with what comes")
    .option("--json", "one event a line as JSON, with its cursor, also on a terminal")
    .action(async (sessions, options) => {
      const { watch } = await import("./commands/watch.ts");
      exitWith(await watch(sessions, options));
    });

  program
    .command("tui")
    .description("open Codex's own terminal program in a session of the hub")
    .argument("<session>", "its id, @handle or title")
    .option(...homeOption)
    .action(async (session, options) => {
      const { tui } = await import("./commands/tui.ts");
      exitWith(await tui(session, options));
    });

  const serviceCommand = program
    .command("service")
    .description("the hub as a service of this user, started with each login")
    .addArgument(new Argument("<manager>").choices(["systemd", "launchd"]));
  const servedAs = addPassedServeOptions(serviceCommand);
  serviceCommand
    .option("--print", "print what the manager is to read (the default)")
    .option("--install", "set the service up and start it")
    .option("--uninstall", "end the service and take it away")
    .option("--json", "print one JSON object (but for --print)")
    .action(async (manager, options) => {
      const { service } = await import("./commands/service.ts");
      exitWith(await service(manager, options, servedAs));
    });
}

/** Seconds as milliseconds. */
function parseSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  // Longer ones overflow a timer.
  if (seconds > 0 && seconds <= 86_400) return seconds * 1_000;
  throw new InvalidArgumentError("Give a number of seconds above 0, at most 86400.");
}

/** As many lines as two full logs have at most. */
function parseLines(text: string): number {
  const lines = /^\d+$/.test(text) ? Number(text) : -1;
  if (lines >= 0 && lines <= 1_000_000) return lines;
  throw new InvalidArgumentError("Give a whole number from 0 to 1000000.");
}
