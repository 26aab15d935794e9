/**
 * A stdio MCP server of a few tools, for what Codex only does when it has one: MCP tool calls,
 * their progress and their approval, and elicitations.
 */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { McpServerConfig } from "../codex/codex-home.ts";

/**
 * The config to name under `mcpServers` of `createCodexHome`. Its tools: `echo{text}` gives the text
 * back; `progress{steps}` reports that many steps of progress first; `ask{message, url?}` elicits
 * from the person, by a form with one field `name` or, with `url`, by that URL, and gives the answer
 * back as JSON; `fail{message}` answers with an error.
 */
export function mcpTestServer(config: Partial<McpServerConfig> = {}): McpServerConfig {
  // `main.ts` when run from source, `main.js` when published.
  const main = new URL(`./main${extname(import.meta.url)}`, import.meta.url);
  return { command: process.execPath, args: [fileURLToPath(main)], ...config };
}
