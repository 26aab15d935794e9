/** The guide to the command line shows commands there are, as they are taken, and the exit codes of the table. */
import { type Command, categoryTable, commandsOf, operations } from "@signalbox/contract";
import { Command as Program } from "commander";
import { expect, test } from "vitest";
import { runMain } from "../../packages/cli/fixtures/captured-shell.ts";
import { parseWith } from "../../packages/cli/src/operations/parse-command.ts";
import { readInput } from "../../packages/cli/src/operations/read-input.ts";
import type { Shell } from "../../packages/cli/src/shell.ts";
import { blocksIn, readGuide } from "./guide.ts";

const guide = readGuide("command-line");

/** The words of a line as a shell reads them: quotes go, a comment too. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(#.*$)|(\S+)/g)]
    .filter(([, , , comment]) => comment === undefined)
    .map(([, single, double, , plain]) => single ?? double ?? plain ?? "");
}

const lines = blocksIn(guide, "sh")
  .flatMap((block) => block.trimEnd().split("\n"))
  .map((line) => wordsOf(line.replace(/^.*\| (?=signalbox)/, "")));

/** Reads the words as the command does; rejects where it would refuse them. */
async function check(command: Command, words: readonly string[]): Promise<void> {
  const target = new Program().exitOverride().configureOutput({ outputError: () => {} });
  parseWith(target, command, async (given) => {
    await readInput(command, given, { readInput: async () => "{}", cwd: "/" } as Shell);
  });
  await target.parseAsync(words, { from: "user" });
}

test("each line is a command that takes what is shown", async () => {
  const { out: overview } = await runMain(["--help"]);
  expect(lines.length).toBeGreaterThan(10);
  for (const [name, ...words] of lines) {
    expect(name).toBe("signalbox");
    const command = commandsOf(operations).find((one) =>
      one.words.every((word, at) => words[at] === word),
    );
    if (command === undefined) expect(overview).toMatch(new RegExp(`^  ${words[0]} `, "m"));
    else await check(command, words.slice(command.words.length));
  }
});

test("the exit codes are those of the table of categories", () => {
  const codes = [...guide.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual([0, ...Object.values(categoryTable).map(({ exit }) => exit)]);
});
