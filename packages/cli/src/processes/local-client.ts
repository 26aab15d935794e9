/** The SDK's client for a hub that runs. */
import { resolve } from "node:path";
import { SignalboxError } from "@signalbox/contract";
import { livingHolder } from "@signalbox/hub";
import { Signalbox } from "@signalbox/sdk/node";
import { findHub, type HubOptions } from "../operations/hub-client.ts";
import { version } from "../version.ts";

/** A client, and where its hub is. */
export interface Connected {
  readonly box: Signalbox;
  readonly url: string;
}

/**
 * A client for the hub that is meant. Throws `hub_unreachable` when a home is named and no hub runs on
 * it, and `invalid_request` where there is no token to be had.
 */
export function connectRunning(options: HubOptions): Connected {
  const { home, url } = options;
  if (
    home !== undefined &&
    url === undefined &&
    (livingHolder(resolve(home))?.url ?? null) === null
  ) {
    throw new SignalboxError("hub_unreachable", `No hub runs on ${home}.`, { details: { home } });
  }
  const address = findHub(options, process.env);
  return {
    url: address.url,
    box: new Signalbox({ ...address, surface: { name: "cli", version } }),
  };
}
