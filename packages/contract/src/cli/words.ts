/** Where the words of a command are not what its operation's name makes of itself. */
import type { OperationName } from "../operations/operations.ts";

/** What is said otherwise of one operation. */
export interface CommandWords {
  /** The whole path. */
  readonly words?: readonly string[];
  /** Fields given by their place, in order. Default: those of the route, then the texts it needs. */
  readonly positionals?: readonly string[];
  /** A field of which each choice is a flag too. */
  readonly modeFlags?: string;
  /** A field that says where the command is run, if nothing else is said for it. */
  readonly standsIn?: string;
  /** Fields under other names than their own, for those that every command's options have taken; of one within another, by both: `when.types`. */
  readonly names?: Readonly<Record<string, string>>;
}

/** By operation. */
export const commandWords: Partial<Record<OperationName, CommandWords>> = {
  "sessions.create": { positionals: ["text"], standsIn: "folder" },
  "sessions.plan": { standsIn: "folder" },
  "presets.list": { standsIn: "cwd" },
  "sessions.send": { modeFlags: "mode" },
  "sessions.goal.set": { positionals: ["sessionId", "objective"] },
  "sessions.interrupt": { words: ["stop"] },
  "sessions.unarchive": { words: ["restore"] },
  "sessions.watch": { words: ["tail"] },
  "sessions.rename": { positionals: ["sessionId", "title"] },
  "sessions.tools.get": { words: ["tools"] },
  "sessions.transcript.list": { words: ["transcript"] },
  "sessions.transcript.upsert": { words: ["transcript-upsert"] },
  "sessions.project.set": { words: ["project", "assign"] },
  "sessions.controls.apply": { words: ["controls", "set"] },
  "sessions.approval_policy.set": { positionals: ["sessionId", "approvalPolicy"] },
  "sessions.settings.get": { positionals: ["sessionId", "key"] },
  "sessions.settings.set": { positionals: ["sessionId", "key", "value"] },
  "sessions.policy.set": { positionals: ["sessionId", "mode"] },
  "policies.get": { words: ["policy", "get-default"] },
  "policies.set": { words: ["policy", "set-default"], positionals: ["mode"] },
  "config.set": { positionals: ["keyPath", "value"] },
  "mcp.reload": { words: ["mcp-server", "reload"] },
  "mcp.servers.list": { words: ["mcp-server", "list"] },
  "mcp.oauth.login": { words: ["mcp-server", "login"] },
  "account.login.start": { words: ["account", "login"], positionals: ["type"] },
  "app_server.call": { positionals: ["method", "params"] },
  "tool_input.decide": { positionals: ["requestId", "decision"] },
  "approvals.decide": { positionals: ["approvalId", "decision"] },
  "tool_calls.respond": { positionals: ["requestId", "text"] },
  "projects.chats.move_all": { positionals: ["projectId", "destination"] },
  "triggers.create": {
    positionals: ["sessionId", "name"],
    names: { "when.types": "when.event" },
  },
  "triggers.update": { names: { "when.types": "when.event" } },
  "triggers.firings.list": { words: ["trigger", "history"] },
  "subscriptions.create": { words: ["subscribe"], positionals: ["sessionId", "when"] },
  "subscriptions.delete": { words: ["unsubscribe"] },
  "inbox.acknowledge": {
    words: ["inbox", "ack"],
    positionals: ["noticeId"],
    names: { all: "every" },
  },
  "audit.list": { words: ["log"], names: { actor: "by" } },
};
