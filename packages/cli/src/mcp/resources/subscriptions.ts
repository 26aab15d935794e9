/** Subscriptions of a client of the 2025 protocols, which asks for each resource by its address. */
import { ProtocolError, ProtocolErrorCode, type Server } from "@modelcontextprotocol/server";
import { toSignalboxError } from "@signalbox/contract";
import { parseUri, toUri } from "./address.ts";
import type { Following, HubChanges, ResourceChange } from "./changes.ts";

/** Addresses one client can be told about. */
export const maxSubscriptions = 1_024;

/**
 * Lets a client subscribe and tells it of what it subscribed to. A page is told about under the address
 * of its first. The function it gives ends it.
 */
export function serveSubscriptions(server: Server, changes: HubChanges): () => void {
  const wanted = new Map<string, string>();
  let following: Following | undefined;
  const tell = (change: ResourceChange) => {
    const uri = change.kind === "resource_updated" ? wanted.get(change.uri) : undefined;
    // A client that is gone is told nothing.
    if (uri !== undefined) server.sendResourceUpdated({ uri }).catch(() => undefined);
  };
  const end = () => {
    following?.end();
    following = undefined;
    wanted.clear();
  };
  server.setRequestHandler("resources/subscribe", async ({ params: { uri } }) => {
    const whole = wholeOf(uri);
    if (wanted.size >= maxSubscriptions && !wanted.has(whole)) {
      throw invalid(`There are ${maxSubscriptions} subscriptions, and no more. End one first.`);
    }
    wanted.set(whole, uri);
    const previous = following;
    following = changes.follow(tell);
    // It may have ended, where the hub refused it: the new one is tried anew.
    previous?.end();
    await following.ready;
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    wanted.delete(wholeOf(uri));
    if (wanted.size === 0) end();
    return {};
  });
  return end;
}

function wholeOf(uri: string): string {
  try {
    const address = parseUri(uri);
    switch (address.kind) {
      case "sessions":
        return toUri({ ...address, cursor: undefined });
      case "session":
        return toUri(address);
      default:
        return toUri({ ...address, after: undefined });
    }
  } catch (error) {
    throw invalid(toSignalboxError(error).message);
  }
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}
