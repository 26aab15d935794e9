/** The commands that ask no hub: schemas, completion, help. */
import { type Command, Option } from "commander";
import type { Shell } from "./shell.ts";

/** Adds them. `rerun` runs the program with other arguments. */
export function addLocalCommands(
  program: Command,
  shell: Shell,
  done: (exitCode: number) => void,
  rerun: (args: readonly string[]) => Promise<number>,
): void {
  program
    .command("schema")
    .description("what a command or an operation takes and gives, as JSON Schema")
    .argument("<words...>", "a command (queue list) or an operation (queue.list)")
    .addOption(new Option("--json", "it is JSON anyway").hideHelp())
    .allowUnknownOption()
    .action(async (words: readonly string[]) => {
      const { schema } = await import("./commands/schema.ts");
      done(schema(words, shell));
    });

  program
    .command("completion")
    .description("what makes your shell complete commands, options and handles")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  source <(signalbox completion bash)   in ~/.bashrc",
        "  source <(signalbox completion zsh)    in ~/.zshrc",
        "  signalbox completion fish | source    in ~/.config/fish/config.fish",
      ].join("\n"),
    )
    .action(async (name: string) => {
      const { completion } = await import("./commands/completion.ts");
      done(completion(name, shell));
    });

  program
    .command("complete", { hidden: true })
    .argument("[words...]", "what was typed so far, the last word unfinished")
    .action(async (words: readonly string[]) => {
      const { complete } = await import("./commands/complete.ts");
      await complete(program, words, shell);
    });

  program
    .helpCommand(false)
    .command("help")
    .description("help on a command, or on the options that all have (signalbox help options)")
    .argument("[words...]", "the command's words")
    .action(async (words: readonly string[]) => {
      if (words.join(" ") !== "options") return done(await rerun(helpArguments(program, words)));
      const { explainCommonOptions } = await import("./operations/common-options.ts");
      shell.out(explainCommonOptions());
    });
}

/** What shows the help of the command these words name; of one there is not, what is refused. */
function helpArguments(program: Command, words: readonly string[]): readonly string[] {
  let command = program;
  for (const [at, word] of words.entries()) {
    const next = command.commands.find((one) => one.name() === word);
    // What follows a command that has no others is its input, which help does not need.
    if (next === undefined) {
      const isGroup = command.commands.length > 0;
      return isGroup ? words.slice(0, at + 1) : [...words.slice(0, at), "--help"];
    }
    command = next;
  }
  return [...words, "--help"];
}
