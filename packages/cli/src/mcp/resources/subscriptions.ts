/** Subscriptions of a client of the 2025 protocols, which asks for each resource by its address. */
import { ProtocolError, ProtocolErrorCode, type Server } from "@modelcontextprotocol/server";
import { toSignalboxError } from "@signalbox/contract";
import { callerOf } from "../caller.ts";
import type { HubCallOptions, HubCalls } from "../hub-calls.ts";
import { parseUri, type ResourceAddress, toUri } from "./address.ts";
import type { Following, HubChanges, ResourceChange } from "./changes.ts";
import { findSession } from "./read.ts";
import { orProtocolError } from "./resources.ts";

/** Addresses one client can be told about. */
export const maxSubscriptions = 1_024;

/**
 * Lets a client subscribe and tells it of what it subscribed to, under the address it gave. A page
 * stands for the whole, and a handle for the session that has it when it is given. The function it
 * gives ends it.
 */
export function serveSubscriptions(
  server: Server,
  changes: HubChanges,
  calls: HubCalls,
): () => void {
  /** By the whole as it was named. */
  const wanted = new Map<string, Subscription>();
  let following: Following | undefined;
  const tell = (change: ResourceChange) => {
    if (change.kind !== "resource_updated") return;
    for (const { uri, meant } of wanted.values()) {
      // A client that is gone is told nothing.
      if (meant === change.uri) server.sendResourceUpdated({ uri }).catch(() => undefined);
    }
  };
  const end = () => {
    following?.end();
    following = undefined;
    wanted.clear();
  };
  server.setRequestHandler("resources/subscribe", async ({ params: { uri } }, context) => {
    const address = wholeOf(uri);
    const actor = callerOf(context, server.getClientVersion()?.name);
    const options = { signal: context.mcpReq.signal, actor };
    const meant = toUri(await orProtocolError(uri, () => byId(address, calls, options)));
    const whole = toUri(address);
    if (wanted.size >= maxSubscriptions && !wanted.has(whole)) {
      throw invalid(`There are ${maxSubscriptions} subscriptions, and no more. End one first.`);
    }
    wanted.set(whole, { uri, meant });
    const previous = following;
    following = changes.follow(tell);
    // It may have ended, where the hub refused it: the new one is tried anew.
    previous?.end();
    await following.ready;
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    wanted.delete(toUri(wholeOf(uri)));
    if (wanted.size === 0) end();
    return {};
  });
  return end;
}

interface Subscription {
  /** As it was given. */
  readonly uri: string;
  /** Under which its changes are told: the whole, with the session's id. */
  readonly meant: string;
}

async function byId(
  address: ResourceAddress,
  calls: HubCalls,
  options: HubCallOptions,
): Promise<ResourceAddress> {
  if (address.kind === "sessions" || !address.session.startsWith("@")) return address;
  return { ...address, session: await findSession(address.session, calls, options) };
}

function wholeOf(uri: string): ResourceAddress {
  try {
    const address = parseUri(uri);
    switch (address.kind) {
      case "sessions":
        return { ...address, cursor: undefined };
      case "session":
        return address;
      default:
        return { ...address, after: undefined };
    }
  } catch (error) {
    throw invalid(toSignalboxError(error).message);
  }
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}
