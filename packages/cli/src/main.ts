/**
 * The `signalbox` command. Each subcommand's code is imported when it is called, so that `--help`
 * costs next to nothing.
 */
import { createRequire } from "node:module";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { parseDays, parseSize } from "./retain-options.ts";

/** Runs the command with these arguments (without node and script); resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command("signalbox")
    .description("A control plane for Codex agents")
    .version(version())
    .showHelpAfterError("(signalbox --help says what there is)")
    .exitOverride();

  program
    .command("serve")
    .description("run the hub in the foreground")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 takes a free one", parsePort, 4777)
    .option(
      "--home <dir>",
      "where the hub keeps its files (default: SIGNALBOX_HOME or ~/.signalbox)",
    )
    .option("--codex <path>", "codex binary (default: SIGNALBOX_CODEX, an installed one, PATH)")
    .option("--allow-exec", "let callers run commands outside sessions (runtime.exec)")
    .option(
      "--allow-app-server-method <name...>",
      "pass this method of app-server on, though it may do harm; can be given again",
    )
    .option("--lock-defaults", "refuse changes of what new sessions begin with")
    .option(
      "--runtime <kind>",
      "how codex is held: private (ends with the hub) or shared (outlives it)",
      "private",
    )
    .option("--retain-days <days>", "how long events are kept, or forever (default: 30)", parseDays)
    .option(
      "--retain-size <size>",
      "how large the journal may be, or forever (default: 2GiB)",
      parseSize,
    )
    .option("--json", "print one JSON object when ready")
    .addHelpText(
      "after",
      examples(
        ["signalbox serve", "on http://127.0.0.1:4777, files in ~/.signalbox"],
        ["signalbox serve --port 0 --home ./hub --json", "on a free port, told as JSON"],
      ),
    )
    .action(async (options) => {
      const { serve } = await import("./commands/serve.ts");
      exitCode = await serve(options);
    });

  program
    .command("runtime")
    .description("the shared app-server that outlives a hub (serve --runtime shared)")
    .command("stop")
    .description("end it; the turns that run in it are interrupted")
    .option("--home <dir>", "the hub's home folder (default: SIGNALBOX_HOME or ~/.signalbox)")
    .option("--json", "print one JSON object")
    .action(async (options) => {
      const { runtimeStop } = await import("./commands/runtime-stop.ts");
      exitCode = await runtimeStop(options);
    });

  program
    .command("demo")
    .description("see the whole of it run once: hub, codex, handlers, a skill, an approval, a cut")
    .option("--real", "use your own codex login and a real model instead of the scripted one")
    .option("--codex <path>", "codex binary (default: SIGNALBOX_CODEX, an installed one, PATH)")
    .option("--json", "print the timeline as one JSON object a line")
    .addHelpText(
      "after",
      examples(
        ["signalbox demo", "a scripted model: no login, no network"],
        ["signalbox demo --real", "your own codex login"],
      ),
    )
    .action(async (options) => {
      const { demo } = await import("./commands/demo.ts");
      exitCode = await demo(options);
    });

  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are no failures; everything else commander throws is a wrong command line.
    return error.exitCode === 0 ? 0 : 2;
  }
}

function examples(...lines: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const rows = lines.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`);
  return ["\nExamples:", ...rows].join("\n");
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
}

function version(): string {
  const manifest: { version: string } = createRequire(import.meta.url)("../package.json");
  return manifest.version;
}
