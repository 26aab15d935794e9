/**
 * Transcripts that need another server beside the model: each scenario brings its own.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { execCommand, findCodex, text } from "../../src/index.ts";
import { runTurn, type Scenario } from "../scenario.ts";
import { WebSocketPeer } from "../web-socket-peer.ts";

export const services: readonly Scenario[] = [
  {
    name: "realtime",
    options: { features: { realtime_conversation: true } },
    async run(codex) {
      await using peer = await WebSocketPeer.listen();
      const { client } = codex;
      await client.request("account/login/start", { type: "apiKey", apiKey: "not-a-real-key" });
      const threadId = await codex.startThread({
        config: {
          experimental_realtime_ws_base_url: peer.url,
          experimental_realtime_ws_backend_prompt: "Be brief.",
          realtime: { version: "v2", type: "conversational" },
        },
      });
      const transport = { type: "websocket" };
      await client.request("thread/realtime/start", {
        threadId,
        outputModality: "audio",
        transport,
      });
      await peer.message("session.update");
      await peer.send({
        type: "session.updated",
        session: { id: "sess_1", instructions: "Be brief." },
      });
      await client.event("thread/realtime/started");
      const content = [{ type: "text", text: "World." }];
      const message = { type: "message", id: "item_1", role: "assistant", content };
      await peer.send(
        { type: "conversation.item.added", item: message },
        {
          type: "conversation.item.input_audio_transcription.delta",
          item_id: "item_0",
          delta: "Hel",
        },
        {
          type: "conversation.item.input_audio_transcription.completed",
          item_id: "item_0",
          transcript: "Hello.",
        },
        { type: "response.output_audio_transcript.delta", item_id: "item_1", delta: "World" },
        { type: "response.output_audio_transcript.done", item_id: "item_1", transcript: "World." },
        {
          type: "response.output_audio.delta",
          item_id: "item_1",
          delta: "AQID",
          sample_rate: 24_000,
          channels: 1,
        },
        { type: "error", message: "It broke." },
      );
      await client.event("thread/realtime/closed");
    },
  },
  {
    name: "mcp-oauth-login",
    async run({ client }) {
      await using server = await OAuthMcpServer.listen();
      const value = { url: `${server.url}/mcp` };
      for (const write of [
        { keyPath: "mcp_oauth_credentials_store", value: "file" },
        { keyPath: "mcp_servers.remote", value },
      ]) {
        await client.request("config/value/write", { ...write, mergeStrategy: "replace" });
      }
      await client.request("config/mcpServer/reload");
      const login = await client.request("mcpServer/oauth/login", { name: "remote" });
      const asked = new URL(login.authorizationUrl as string).searchParams;
      const callback = new URL(asked.get("redirect_uri") ?? "");
      callback.searchParams.set("code", "code-1");
      callback.searchParams.set("state", asked.get("state") ?? "");
      await (await fetch(callback)).text();
      await client.event("mcpServer/oauthLogin/completed");
    },
  },
  {
    name: "environment-connected",
    async run(codex) {
      const { client, home } = codex;
      const port = await freePort();
      const url = `ws://127.0.0.1:${port}`;
      await client.request("environment/add", { environmentId: "remote", execServerUrl: url });
      // Only a thread that was there before is told of the connection.
      const threadId = await codex.startThread({
        environments: [{ environmentId: "remote", cwd: home.workspace }],
      });
      const server = spawn(findCodex(), ["exec-server", "--listen", url], {
        env: home.env,
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        await once(server.stdout, "data");
        codex.model.turn(execCommand({ cmd: "echo hello" }), text("Done."));
        await runTurn(codex, threadId);
        await client.event("thread/environment/connected");
      } finally {
        server.kill("SIGKILL");
      }
    },
  },
  {
    name: "external-agent-config-imported",
    async run({ client, home }) {
      const dir = join(home.env.HOME as string, ".claude");
      await mkdir(dir, { recursive: true });
      await writeFile(join(dir, "CLAUDE.md"), "# Be brief\n");
      const { items } = await client.request("externalAgentConfig/detect", { includeHome: true });
      await client.request("externalAgentConfig/import", { migrationItems: items });
      await client.event("externalAgentConfig/import/completed");
    },
  },
];

/** An MCP server that lets nobody in, with the endpoints of the authorization that would. */
class OAuthMcpServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async listen(): Promise<OAuthMcpServer> {
    const server = new OAuthMcpServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = this.#answer(request.url ?? "", await readJson(request));
    const challenge = `Bearer resource_metadata="${this.url}/.well-known/oauth-protected-resource"`;
    response.writeHead(status, {
      "content-type": "application/json",
      ...(status === 401 ? { "www-authenticate": challenge } : {}),
    });
    response.end(JSON.stringify(body));
  }

  #answer(path: string, sent: Record<string, unknown>): { status: number; body: object } {
    if (path.startsWith("/.well-known/oauth-authorization-server")) {
      const body = {
        issuer: this.url,
        authorization_endpoint: `${this.url}/authorize`,
        token_endpoint: `${this.url}/token`,
        registration_endpoint: `${this.url}/register`,
        response_types_supported: ["code"],
        code_challenge_methods_supported: ["S256"],
      };
      return { status: 200, body };
    }
    if (path.startsWith("/.well-known/oauth-protected-resource")) {
      const body = { resource: `${this.url}/mcp`, authorization_servers: [this.url] };
      return { status: 200, body };
    }
    if (path === "/register") {
      const body = { client_id: "client-1", redirect_uris: sent.redirect_uris };
      return { status: 201, body };
    }
    if (path === "/token") {
      const body = { access_token: "not-a-real-token", token_type: "Bearer", expires_in: 3600 };
      return { status: 200, body };
    }
    return { status: path === "/mcp" ? 401 : 404, body: {} };
  }
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
