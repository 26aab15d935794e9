/** The server over streamable HTTP on loopback, behind the guard that the hub has. */
import { createMcpHandler, type ServerEventBus } from "@modelcontextprotocol/server";
import { type HttpServer, serveGuarded } from "@signalbox/hub";
import type { HubChanges } from "./resources/changes.ts";
import { createServer, type McpServerParts } from "./server.ts";
import { maxMessageBytes } from "./stdio.ts";

/** Where the protocol is spoken. */
export const mcpPath = "/mcp";

/** How it is served. */
export interface McpHttpOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Wanted of every request: the hub's. */
  readonly token: string;
  readonly onError: (error: Error) => void;
}

/**
 * Starts to listen on 127.0.0.1. Requests of protocols with sessions are served without one, so their
 * clients can't subscribe; those of 2026-07-28 can. Rejects with `listen_failed`.
 */
export async function serveOnHttp(
  parts: McpServerParts,
  { port, token, onError }: McpHttpOptions,
): Promise<HttpServer> {
  const handler = createMcpHandler((context) => createServer(parts, context), {
    bus: busOf(parts.changes),
    maxRequestBodySize: maxMessageBytes,
    onerror: onError,
  });
  const server = await serveGuarded({
    host: "127.0.0.1",
    port,
    token,
    path: mcpPath,
    fetch: async (request) => {
      if (request.headers.get("mcp-method") !== "subscriptions/listen")
        return handler.fetch(request);
      // What happens from the answer on is told: the changes are followed before it.
      const following = parts.changes.follow(() => undefined);
      await following.ready;
      try {
        return await handler.fetch(request);
      } finally {
        following.end();
      }
    },
  });
  return {
    ...server,
    async close() {
      await handler.close();
      await server.close();
    },
  };
}

/** The hub's changes as the library's source of them. What it publishes itself concerns nobody. */
function busOf(changes: HubChanges): ServerEventBus {
  return {
    publish: () => undefined,
    subscribe(listener) {
      const following = changes.follow(listener);
      return () => following.end();
    },
  };
}
