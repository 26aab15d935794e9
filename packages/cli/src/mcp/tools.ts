/** The operations as the server's tools. */
import type { Server, Tool } from "@modelcontextprotocol/server";
import { type McpTool, toToolCall, toToolFailure, toToolResult } from "@signalbox/contract";
import { callerOf } from "./caller.ts";
import { type HubCalls, waitOf } from "./hub-calls.ts";
import { withProgress } from "./progress.ts";

/** What the tools need. */
export interface ToolParts {
  readonly tools: readonly McpTool[];
  readonly calls: HubCalls;
  /** Milliseconds between notices of progress. */
  readonly progressInterval?: number | undefined;
}

/** Lets the server list the tools and call them. What fails is a result that says why, never a fault. */
export function serveTools(server: Server, { tools, calls, progressInterval }: ToolParts): void {
  server.setRequestHandler("tools/list", () => ({ tools: tools.map(toListed) }));
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    try {
      const asked = toToolCall(tools, params.name, params.arguments ?? {});
      const { operation, input, idempotencyKey } = asked;
      const actor = callerOf(context, server.getClientVersion()?.name);
      const { signal } = context.mcpReq;
      const output = await withProgress(
        context,
        { name: operation.name, wait: waitOf(operation, input), interval: progressInterval },
        () => calls.call(operation, input, { signal, actor, idempotencyKey }),
      );
      return toToolResult(output);
    } catch (error) {
      return toToolFailure(error);
    }
  });
}

function toListed(tool: McpTool): Tool {
  const { name, description, inputSchema, outputSchema, annotations } = tool;
  const { title } = annotations;
  // The library's type of a schema can be written to.
  return { name, title, description, inputSchema, outputSchema, annotations } as unknown as Tool;
}
