/** Operations on the MCP servers codex uses. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import {
  askErrors,
  codexAnswer,
  codexDid,
  codexPage,
  doErrors,
  pageShape,
} from "./codex-answer.ts";

/** Starts the configured servers again. */
export const mcpReload = defineOperation({
  name: "mcp.reload",
  summary: "Have codex read the configuration of its MCP servers again",
  intent: "write",
  idempotent: true,
  http: { method: "POST", path: "/api/mcp/reload" },
  input: z.strictObject({}),
  output: codexDid(codexAnswer("config/mcpServer/reload")),
  errors: [...doErrors],
  examples: [
    { title: "Read again", input: {}, output: { status: "ok", result: {} } },
    { title: "An unknown field is refused", input: { server: "x" }, error: "invalid_request" },
  ],
});

/** Lists the servers. */
export const mcpServersList = defineOperation({
  name: "mcp.servers.list",
  summary: "List MCP servers with their tools, resources and logins",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/mcp/servers" },
  input: z.strictObject({ ...codexPage }),
  output: codexAnswer("mcpServerStatus/list", pageShape),
  errors: [...askErrors],
  examples: [
    { title: "None is configured", input: {}, output: { data: [], nextCursor: null } },
    { title: "A page of none is refused", input: { limit: 0 }, error: "invalid_request" },
  ],
});

/** Starts a login. */
export const mcpOauthLogin = defineOperation({
  name: "mcp.oauth.login",
  summary:
    "Start the login to an MCP server; its end comes as app_server.mcp_server.oauth_login.completed",
  intent: "write",
  idempotent: false,
  hasSecrets: true,
  http: { method: "POST", path: "/api/mcp/servers/:serverName/oauth/login" },
  input: z.strictObject({
    serverName: z.string().min(1).max(200).describe("As the configuration names it"),
    scopes: z.array(z.string().min(1)).optional().describe("Default: what the server asks for"),
    timeoutSecs: z.number().int().min(1).max(3600).optional().describe("How long codex waits"),
  }),
  output: codexDid(
    codexAnswer("mcpServer/oauth/login", {
      authorizationUrl: z.string().describe("To be opened in a browser"),
    }),
  ),
  errors: ["mcp_server_not_found", ...doErrors],
  examples: [
    {
      title: "A page to log in at",
      given: "logged_in",
      input: { serverName: "tracker", timeoutSecs: 300 },
      output: {
        status: "ok",
        result: { authorizationUrl: "https://tracker.example/authorize?state=1" },
      },
    },
    {
      title: "No such server",
      input: { serverName: "nobody" },
      error: "mcp_server_not_found",
    },
  ],
});
