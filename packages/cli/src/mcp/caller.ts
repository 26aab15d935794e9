/** Who makes a request of the Model Context Protocol, as the hub's audit is to say it. */
import { CLIENT_INFO_META_KEY, type ServerContext } from "@modelcontextprotocol/server";

const longest = 200;

/**
 * `codex:<thread id>` where codex says for which of its threads it asks, so that the audit tells which
 * agent did it; else `mcp:<name of the client>`. As the client says: nothing checks it.
 */
export function callerOf({ mcpReq }: ServerContext, handshakeName: string | undefined): string {
  const { threadId } = (mcpReq._meta ?? {}) as { readonly threadId?: unknown };
  if (typeof threadId === "string" && threadId !== "") return `codex:${threadId}`.slice(0, longest);
  const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {};
  const client = envelope[CLIENT_INFO_META_KEY] as { readonly name?: string } | undefined;
  const name = client?.name ?? handshakeName;
  return `mcp:${name ?? "unknown"}`.trim().slice(0, longest);
}
