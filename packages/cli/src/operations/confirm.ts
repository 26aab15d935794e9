/** Asks before something is taken away. */
import { type Command, SignalboxError } from "@signalbox/contract";
import type { Signalbox } from "@signalbox/sdk/node";
import { safeLine } from "../output/safe-text.ts";
import type { Shell } from "../shell.ts";
import { wrongUsage } from "./wrong-usage.ts";

type Input = Readonly<Record<string, unknown>>;

/**
 * Resolves when the person says yes, with the input for what was shown: a session that was named is
 * looked up, shown by its title and id, and meant by its id from then on. Rejects with `aborted` for
 * any other answer, with `invalid_request` where nobody can be asked, and with what the hub says of a
 * name.
 */
export async function confirm(
  command: Command,
  input: Input,
  box: Signalbox,
  shell: Shell,
): Promise<Input> {
  const words = command.words.join(" ");
  if (!shell.canAsk) {
    throw wrongUsage(
      "--yes",
      `Is needed: ${words} takes something away, and nobody can be asked here`,
    );
  }
  const { sessionId: named, ...others } = input;
  const session =
    typeof named === "string" ? await findSession(box, named, shell.interrupted) : undefined;
  const shown = session === undefined ? input : { session: session.shown, ...others };
  const what = Object.entries(shown).map(([name, value]) =>
    safeLine(`  ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`),
  );
  shell.err([`${command.summary}.`, ...what, ""].join("\n"));
  const answer = await shell.ask(`Go on with ${words}? [y/N] `);
  if (/^\s*y(es)?\s*$/i.test(answer)) {
    return session === undefined ? input : { ...input, sessionId: session.sessionId };
  }
  throw new SignalboxError("aborted", `Nothing was done: ${words} was not confirmed.`);
}

/** The session a name means, and how it is shown to whoever is to check it. */
async function findSession(box: Signalbox, named: string, signal: AbortSignal) {
  const { session } = await box.sessions.get({ sessionId: named }, { signal });
  const { sessionId, handle, title } = session;
  const called = handle === null ? "" : ` ${handle}`;
  return { sessionId, shown: `${JSON.stringify(title)}${called} (${sessionId})` };
}
