/** Asks before something is taken away. */
import { type Command, SignalboxError } from "@signalbox/contract";
import { safeLine } from "../output/safe-text.ts";
import type { Shell } from "../shell.ts";
import { wrongUsage } from "./wrong-usage.ts";

/**
 * Resolves when the person says yes. Rejects with `aborted` for any other answer, and with
 * `invalid_request` where nobody can be asked.
 */
export async function confirm(
  command: Command,
  input: Readonly<Record<string, unknown>>,
  shell: Shell,
): Promise<void> {
  const words = command.words.join(" ");
  if (!shell.canAsk) {
    throw wrongUsage(
      "--yes",
      `Is needed: ${words} takes something away, and nobody can be asked here`,
    );
  }
  const what = Object.entries(input).map(([name, value]) =>
    safeLine(`  ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`),
  );
  shell.err([`${command.summary}.`, ...what, ""].join("\n"));
  const answer = await shell.ask(`Go on with ${words}? [y/N] `);
  if (/^\s*y(es)?\s*$/i.test(answer)) return;
  throw new SignalboxError("aborted", `Nothing was done: ${words} was not confirmed.`);
}
