/** The SDK's client for the hub of a home on this machine. */
import { readFileSync } from "node:fs";
import { SignalboxError } from "@signalbox/contract";
import { homeAt, livingHolder } from "@signalbox/hub";
import { hubHome, readEnvironment, Signalbox } from "@signalbox/sdk/node";

/** A client, and where its hub is. */
export interface Connected {
  readonly box: Signalbox;
  readonly url: string;
}

/**
 * A client for the hub of this home; without one, for the hub the environment names, else the one on
 * this machine. Throws `hub_unreachable` when no hub runs on the home, saying how to start one.
 */
export function connectLocal(home: string | undefined): Connected {
  if (home === undefined && process.env.SIGNALBOX_URL) {
    const { url, token } = readEnvironment();
    return { box: new Signalbox({ url, token, actor: "cli" }), url };
  }
  const folder = home ?? hubHome();
  const url = livingHolder(folder)?.url;
  if (url !== undefined && url !== null) return { box: clientOf(folder, url), url };
  throw new SignalboxError(
    "hub_unreachable",
    `No hub runs on ${folder}. Start one with \`signalbox up\`, or \`signalbox serve\` in the foreground.`,
    { details: { home: folder } },
  );
}

/** A client for the hub of this home. Throws `invalid_request` when its token can't be read. */
export function clientOf(home: string, url: string): Signalbox {
  return new Signalbox({ url, token: readHomeToken(home), actor: "cli" });
}

function readHomeToken(home: string): string {
  const { token } = homeAt(home);
  try {
    return readFileSync(token, "utf8").trim();
  } catch (error) {
    throw new SignalboxError(
      "invalid_request",
      `The token at ${token} can't be read (${(error as NodeJS.ErrnoException).code}). Whoever started the hub can.`,
      { cause: error },
    );
  }
}
