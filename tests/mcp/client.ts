/** Clients of `signalbox mcp`, as its own process, for tests. */
import { fileURLToPath } from "node:url";
import { Client, type ClientOptions } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

/** The command. */
export const command = fileURLToPath(
  new URL("../../packages/cli/bin/signalbox.js", import.meta.url),
);

/** The protocol of July 2026, which has no handshake. */
export const modern: ClientOptions = { versionNegotiation: { mode: { pin: "2026-07-28" } } };

/** How a client is made. */
export interface StdioOptions {
  /** Of `signalbox mcp`. */
  readonly args?: readonly string[];
  /** Default: the protocol with a handshake, in its newest version. */
  readonly client?: ClientOptions;
  readonly env?: Readonly<Record<string, string>>;
}

/** A connected client and what the server's process says on stderr. */
export interface StdioClient extends AsyncDisposable {
  readonly client: Client;
  readonly stderr: string;
}

/** Starts `signalbox mcp` for a hub, by default that of its profile, and connects to it. */
export async function connectOverStdio(
  hub: { readonly url: string; readonly token: string } | undefined,
  { args = [], client: options, env = {} }: StdioOptions = {},
): Promise<StdioClient> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [command, "mcp", ...args],
    env: {
      PATH: process.env.PATH ?? "",
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "",
      ...(hub === undefined ? {} : { SIGNALBOX_URL: hub.url, SIGNALBOX_TOKEN: hub.token }),
      ...env,
    },
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  const client = new Client({ name: "test", version: "1" }, options);
  await client.connect(transport);
  return {
    client,
    get stderr() {
      return stderr;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
