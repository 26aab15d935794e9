/** The operations that are passed on to codex: which method each is, and how its fields are named there. */
import type { Handlers } from "./context.ts";

/** Their handlers by name. */
export const codexHandlers = {
  "system.capabilities": ({ refresh }, { services }) => services.capabilities.read(refresh),
  "system.features.experimental": (input, { services, signal }) =>
    services.codex.ask("experimentalFeature/list", input, signal),
  async "system.collaboration.modes"({ cursor = "0", limit }, { services, signal }) {
    const { data } = await services.codex.ask("collaborationMode/list", {}, signal);
    // Codex gives them all at once.
    const end = Number(cursor) + limit;
    return {
      data: data.slice(Number(cursor), end),
      nextCursor: end < data.length ? String(end) : null,
    };
  },
  "models.list": (input, { services, signal }) => services.codex.ask("model/list", input, signal),
  "apps.list": (input, { services, signal }) => services.codex.ask("app/list", input, signal),
  "permissions.list": (input, { services, signal }) =>
    services.codex.ask("permissionProfile/list", input, signal),
  async "skills.list"({ cwd, forceReload }, { services, signal }) {
    const params = { forceReload, ...(cwd === undefined ? {} : { cwds: [cwd] }) };
    return { ...(await services.codex.ask("skills/list", params, signal)), nextCursor: null };
  },
  "skills.config.set": (input, { services }) => services.codex.do("skills/config/write", input),
  "skills.remote.get": (_input, { services }) => services.codex.doUntyped("skills/remote/read", {}),
  "skills.remote.set": (input, { services }) =>
    services.codex.doUntyped("skills/remote/write", input),
  "mcp.reload": (_input, { services }) => services.codex.do("config/mcpServer/reload", {}),
  "mcp.servers.list": (input, { services, signal }) =>
    services.codex.ask("mcpServerStatus/list", input, signal),
  "mcp.oauth.login": ({ serverName: name, ...rest }, { services }) =>
    services.codex.do("mcpServer/oauth/login", { name, ...rest }),
  "account.get": (_input, { services, signal }) => services.codex.ask("account/read", {}, signal),
  "account.rate_limits": (_input, { services, signal }) =>
    services.codex.ask("account/rateLimits/read", {}, signal),
  "account.usage": ({ sessionId: threadId }, { services, signal }) =>
    services.codex.ask("account/usage/read", threadId === undefined ? {} : { threadId }, signal),
  "account.login.start": (input, { services }) => services.codex.login(input),
  "account.login.cancel": ({ loginId }, { services }) => services.codex.cancelLogin(loginId),
  "account.logout": (_input, { services }) => services.codex.do("account/logout", {}),
  "config.get": (input, { services, signal }) => services.codex.ask("config/read", input, signal),
  "config.requirements": (_input, { services, signal }) =>
    services.codex.ask("configRequirements/read", {}, signal),
  "config.set": (input, { services }) => services.codex.do("config/value/write", input),
  "config.batch_set": (input, { services }) => services.codex.do("config/batchWrite", input),
  "runtime.exec": (input, { services }) => services.codex.exec(input),
  "feedback.submit": (input, { services }) => services.codex.do("feedback/upload", input),
  "app_server.call": (input, { services, signal }) => services.codex.call(input, signal),
} satisfies Partial<Handlers>;
