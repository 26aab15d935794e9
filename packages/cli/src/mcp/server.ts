/** The server of the Model Context Protocol, as either transport serves it. */
import { type McpRequestContext, Server } from "@modelcontextprotocol/server";
import type { McpTool } from "@signalbox/contract";
import type { HubCalls } from "./hub-calls.ts";
import type { HubChanges } from "./resources/changes.ts";
import { serveResources } from "./resources/resources.ts";
import { serveSubscriptions } from "./resources/subscriptions.ts";
import { serveTools } from "./tools.ts";

/** What a server is made of. */
export interface McpServerParts {
  readonly tools: readonly McpTool[];
  readonly calls: HubCalls;
  readonly changes: HubChanges;
  readonly version: string;
}

const instructions =
  "Signalbox keeps sessions of Codex agents. Each tool has operations: give one as op, and its fields beside it. A session is named by its id, its @handle or its title wherever sessionId is asked for. Begin one with sessions.create, talk to it, wait for its turn to end, read what it said; answer what it asks. A call that changes something is done once however often it is made, where each time it has the same idempotencyKey. Errors say what to do.";

/**
 * A server for one connection, or for one request of a protocol without connections. Tools change
 * nothing by being listed; the hub's own rules hold for every call.
 */
export function createServer(
  { tools, calls, changes, version }: McpServerParts,
  { era }: McpRequestContext,
): Server {
  const server = new Server(
    { name: "signalbox", title: "Signalbox", version },
    {
      instructions,
      capabilities: {
        tools: {},
        resources: { subscribe: true, listChanged: true },
        completions: {},
      },
    },
  );
  serveTools(server, { tools, calls });
  serveResources(server, calls);
  // Later protocols subscribe to a stream, which the transport serves.
  if (era === "legacy") server.onclose = serveSubscriptions(server, changes, calls);
  return server;
}
