/** The SDK's client for the hub that holds a home on this machine. */
import { readFileSync } from "node:fs";
import { SignalboxError } from "@signalbox/contract";
import { type HomeHolder, homeAt } from "@signalbox/hub";
import { Signalbox } from "@signalbox/sdk/node";

/** A client for the hub of this home. Throws `invalid_request` when its token can't be read. */
export function clientOf(home: string, url: NonNullable<HomeHolder["url"]>): Signalbox {
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
