/** The options that every operation's command has, explained once. */
import type { Command as OperationCommand } from "@signalbox/contract";
import { type Command, Option } from "commander";

/** Flags and what they do. */
const explained: readonly (readonly [flags: string, what: string])[] = [
  ["--json", "print what came back as JSON, errors too (on stderr)"],
  ["--input <json>", "the whole input as JSON, @file or - for stdin; other options go over it"],
  ["--all", "of a list: every entry there is; --limit follows pages too"],
  ["--yes", "take away without asking"],
  ["--idempotency-key <key>", "do a write once under this key; each has one of its own otherwise"],
  ["--actor <name>", "who does it, for the audit"],
  ["--url <url>", "where the hub is (default: SIGNALBOX_URL, the current profile, this machine)"],
  ["--token-file <file>", "where its token is (default: SIGNALBOX_TOKEN, the file in its home)"],
  ["--home <dir>", "the home of a hub on this machine (default: SIGNALBOX_HOME or ~/.signalbox)"],
  ["--profile <name>", "a profile of ~/.config/signalbox/config.json instead"],
];

/** Those that are followed by a value. */
export const commonOptionsWithValue: readonly string[] = explained
  .map(([flags]) => flags.split(" "))
  .flatMap(([flag = "", value]) => (value === undefined ? [] : [flag]));

/** Adds those that make sense for the command; its own help leaves them out. */
export function addCommonOptions(target: Command, { pageSize, intent }: OperationCommand): void {
  for (const [flags, what] of explained) {
    if (flags === "--all" && pageSize === undefined) continue;
    if (flags === "--yes" && intent !== "destroy") continue;
    target.addOption(new Option(flags, what).hideHelp());
  }
}

/** What `signalbox help options` prints. */
export function explainCommonOptions(): string {
  const width = Math.max(...explained.map(([flags]) => flags.length));
  return [
    "Options of every command that asks the hub:",
    ...explained.map(([flags, what]) => `  ${flags.padEnd(width)}  ${what}`),
    "",
    "A session is named by its id, its @handle or its exact title. Fields of an object have options",
    "with a dot (--answer.decision accept). null stands for null where a field can be that.",
    "Without a terminal, lists are lines with tabs between their fields; --json is for programs.",
    "",
  ].join("\n");
}
