/** A session's tools, as they go to codex. */
import { SignalboxError } from "@signalbox/contract";
import type { DynamicToolSpec } from "@signalbox/protocol";
import type { Tool } from "./session-row.ts";

/** A tool as codex takes it; its fields in one order, so that equal tools are equal texts. */
export function toSpec({ name, description, inputSchema }: Tool): DynamicToolSpec {
  const schema = inputSchema as Extract<DynamicToolSpec, { type: "function" }>["inputSchema"];
  return { type: "function", name, description, inputSchema: schema };
}

/** Throws `catalog_fixed` for tools that are neither none nor the session's own. */
export function refuseOtherTools(
  sessionId: string,
  given: readonly Tool[] | undefined,
  own: readonly Tool[],
): void {
  if (given === undefined || given.length === 0) return;
  if (JSON.stringify(given.map(toSpec)) === JSON.stringify(own.map(toSpec))) return;
  throw new SignalboxError(
    "catalog_fixed",
    "A session's tools are fixed when it is created. Leave dynamicTools out, or create another session.",
    { details: { sessionId, tools: own.map(({ name }) => name) } },
  );
}
