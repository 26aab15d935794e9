/** `signalbox mcp`: the hub's operations as tools, and its sessions as resources, for agents. */
import { isSignalboxError } from "@signalbox/contract";
import { reportFailure } from "../exit.ts";
import { HubCalls } from "../mcp/hub-calls.ts";
import { HubChanges } from "../mcp/resources/changes.ts";
import type { McpServerParts } from "../mcp/server.ts";
import { chooseTools } from "../mcp/which-tools.ts";
import { findHub, type HubOptions } from "../operations/hub-client.ts";
import { version } from "../version.ts";

/** The command's options. */
export interface McpOptions extends Omit<HubOptions, "actor"> {
  readonly tools?: readonly string[];
  readonly readOnly?: boolean;
  readonly http?: boolean;
  readonly port: number;
  readonly json?: boolean;
}

/**
 * Serves on stdin and stdout until stdin ends, or over HTTP; either way until SIGTERM or SIGINT.
 * Resolves with the exit code. On stdout there is nothing but the protocol; over HTTP one line that
 * says where. What goes wrong is said on stderr.
 */
export async function mcp(options: McpOptions): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  try {
    const address = () => findHub(options, process.env);
    const calls = new HubCalls(address, version);
    const changes = new HubChanges(calls, logError);
    const tools = chooseTools({ topics: options.tools, readOnly: options.readOnly });
    const parts: McpServerParts = { tools, calls, changes, version };
    if (options.http !== true) {
      const { serveOnStdio } = await import("../mcp/stdio.ts");
      await serveOnStdio(parts, { signal: stop.signal, onError: logError });
      return 0;
    }
    const { mcpPath, serveOnHttp } = await import("../mcp/http.ts");
    const { token } = address();
    const server = await serveOnHttp(parts, { port: options.port, token, onError: logError });
    const url = `${server.url}${mcpPath}`;
    process.stdout.write(
      `${options.json === true ? JSON.stringify({ url, pid: process.pid }) : `signalbox mcp listening on ${url}`}\n`,
    );
    await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
    await server.close();
    return 0;
  } catch (error) {
    return reportFailure(error, options);
  }
}

/** One line: stdout is the protocol's. */
function logError(error: unknown): void {
  const text = isSignalboxError(error) ? `${error.code}: ${error.message}` : String(error);
  process.stderr.write(`signalbox mcp: ${text}\n`);
}
