/**
 * The `signalbox` command. Each subcommand's code is imported when it is called, so that `--help`
 * costs next to nothing.
 */
import { Command, CommanderError } from "commander";
import { addLocalCommands } from "./local-commands.ts";
import { addMcpCommand } from "./mcp-command.ts";
import { addOperationCommands } from "./operations/operation-commands.ts";
import { addProcessCommands } from "./process-commands.ts";
import { addServeOptions, homeOption } from "./serve-options.ts";
import { processShell, type Shell } from "./shell.ts";
import { version } from "./version.ts";

/** Runs the command with these arguments (without node and script); resolves with its exit code. */
export async function main(
  args: readonly string[],
  shell: Shell = processShell(),
): Promise<number> {
  let exitCode = 0;
  const done = (code: number) => {
    exitCode = code;
  };
  const program = new Command("signalbox")
    .description("A control plane for Codex agents")
    .version(version)
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: shell.out,
      writeErr: shell.err,
      outputError: (text) => {
        if (!args.includes("--json")) shell.err(text.replace(/^error: /, "signalbox: "));
      },
    })
    .showHelpAfterError(args.includes("--json") ? false : "(signalbox --help says what there is)")
    .exitOverride()
    .commandsGroup("The hub:");

  addServeOptions(program.command("serve").description("run the hub in the foreground"))
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

  addProcessCommands(program, done);

  program
    .command("runtime")
    .description("the shared app-server that outlives a hub (serve --runtime shared)")
    .command("stop")
    .description("end it; the turns that run in it are interrupted")
    .option(...homeOption)
    .option("--json", "print one JSON object")
    .action(async (options) => {
      const { runtimeStop } = await import("./commands/runtime-stop.ts");
      exitCode = await runtimeStop(options);
    });

  addMcpCommand(program, done);

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

  addLocalCommands(program, shell, done, (words) => main(words, shell));
  addOperationCommands(program, shell, done);

  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are no failures; everything else commander throws is a wrong command line.
    if (error.exitCode === 0) return 0;
    if (args.includes("--json")) await tellAsJson(error, shell);
    return 2;
  }
}

function examples(...lines: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const rows = lines.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`);
  return ["\nExamples:", ...rows].join("\n");
}

/** A wrong command line in the form of any other error. */
async function tellAsJson({ message }: CommanderError, { err }: Shell): Promise<void> {
  const { reportFailure } = await import("./exit.ts");
  const { wrongUsage } = await import("./operations/wrong-usage.ts");
  reportFailure(wrongUsage("", message.replace(/^error: /, "")), { json: true, err });
}
