/** A session's tools as its callers get them. */
import { createHash } from "node:crypto";
import type { OperationOutput } from "@signalbox/contract";
import type { Tool } from "./session-row.ts";

/** The tools by name, with a version that is the same for the same tools, whatever order they came in. */
export function toToolCatalog(
  sessionId: string,
  tools: readonly Tool[],
): OperationOutput<"sessions.tools.get"> {
  const dynamicTools = tools
    .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const hash = createHash("sha256").update(JSON.stringify(dynamicTools)).digest("hex");
  return { sessionId, dynamicTools, version: hash.slice(0, 16) };
}
