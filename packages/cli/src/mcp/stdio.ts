/** The server on this process's stdin and stdout, for the program that started it. */
import type { Server } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Following, ResourceChange } from "./resources/changes.ts";
import { createServer, type McpServerParts } from "./server.ts";

/** Bytes of one message, at most: what the hub takes in one request. */
export const maxMessageBytes = 32 * 1024 * 1024;

/** Serves until stdin ends, the client is gone, or `signal` fires. Calls under way are aborted then. */
export async function serveOnStdio(
  parts: McpServerParts,
  { signal, onError }: { readonly signal: AbortSignal; readonly onError: (error: Error) => void },
): Promise<void> {
  let following: Following | undefined;
  let server: Server | undefined;
  const wire = new StdioServerTransport(process.stdin, process.stdout, {
    maxBufferSize: maxMessageBytes,
  });
  const handle = serveStdio(
    (context) => {
      server = createServer(parts, context);
      return server;
    },
    { transport: wire, onerror: onError },
  );
  // A subscription of a later protocol is answered before a server sees it, and what the server tells
  // is sent to those it concerns. So it waits here until the changes are followed.
  const receive = wire.onmessage;
  let before = Promise.resolve();
  wire.onmessage = (message) => {
    if ("method" in message && message.method === "subscriptions/listen") {
      const previous = following;
      following = parts.changes.follow((change) => void tell(server, change));
      // It may have ended, where the hub refused it: the new one is tried anew.
      previous?.end();
      const { ready } = following;
      before = before.then(() => ready);
    }
    before = before.then(() => receive?.(message));
  };
  const closed = wire.onclose;
  await new Promise<void>((resolve) => {
    wire.onclose = () => {
      closed?.();
      resolve();
    };
    signal.addEventListener("abort", () => void handle.close(), { once: true });
    if (signal.aborted) void handle.close();
  });
  following?.end();
}

async function tell(server: Server | undefined, change: ResourceChange): Promise<void> {
  try {
    if (change.kind === "resources_list_changed") await server?.sendResourceListChanged();
    else await server?.sendResourceUpdated({ uri: change.uri });
  } catch {
    // The connection has ended, and with it every subscription.
  }
}
