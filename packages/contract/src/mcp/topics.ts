/**
 * How operations are put together into tools. A tool for each would be more than clients offer to a
 * model at once; one for all would ask a person to allow reading and deleting in the same breath.
 * So operations share a tool when they are about the same thing and mean to do the same to it.
 */
import type { Intent } from "../operation/define-operation.ts";

/** What a group of operations is about. */
export interface Topic {
  /** In the tool's name, and what `signalbox mcp --tools` takes. */
  readonly name: string;
  /** For the model: what its operations are about. */
  readonly about: string;
  /** Beginnings of names of operations; the longest that fits decides. */
  readonly prefixes: readonly string[];
  /** What of it reaches beyond the hub: an agent that acts, an account elsewhere, a web address. */
  readonly reaches: readonly Intent[];
}

/** The topics, in the order in which their tools are listed. */
export const topics: readonly Topic[] = [
  {
    name: "sessions",
    about: "Codex sessions: begin, find, name, copy, put away",
    prefixes: ["sessions", "presets"],
    reaches: ["write"],
  },
  {
    name: "turns",
    about:
      "what is said in a session: talk to its agent, wait for it, read the transcript, stop it",
    prefixes: [
      "sessions.send",
      "sessions.send_message",
      "sessions.steer",
      "sessions.interrupt",
      "sessions.review",
      "sessions.compact",
      "sessions.rollback",
      "sessions.revert",
      "sessions.wait",
      "sessions.watch",
      "sessions.transcript",
      "sessions.background_terminals",
      "sessions.goal",
    ],
    reaches: ["write"],
  },
  {
    name: "settings",
    about: "how a session works: model, sandbox, policies, settings of its own",
    prefixes: [
      "sessions.settings",
      "sessions.controls",
      "sessions.approval_policy",
      "sessions.policy",
      "policies",
    ],
    reaches: [],
  },
  {
    name: "queue",
    about: "messages that wait for a session, and what became of those sent",
    prefixes: ["queue", "messages"],
    reaches: ["write"],
  },
  {
    name: "triggers",
    about: "rules and schedules that act on a session by themselves",
    prefixes: ["triggers"],
    reaches: ["write"],
  },
  {
    name: "inbox",
    about: "subscriptions to what sessions do, and the notices they bring",
    prefixes: ["inbox", "subscriptions"],
    reaches: ["write"],
  },
  {
    name: "requests",
    about: "questions agents ask: approvals, user input, tool calls, and their answers",
    prefixes: [
      "requests",
      "approvals",
      "tool_input",
      "tool_calls",
      "sessions.approvals",
      "sessions.tool_input",
      "sessions.tool_calls",
      "sessions.tools",
    ],
    reaches: ["write"],
  },
  {
    name: "projects",
    about: "projects, which sessions can be put into",
    prefixes: ["projects", "sessions.project"],
    reaches: [],
  },
  {
    name: "config",
    about: "what codex is configured with: models, apps, skills, MCP servers, settings",
    prefixes: ["config", "models", "apps", "skills", "mcp", "permissions"],
    reaches: ["read", "write", "destroy"],
  },
  {
    name: "account",
    about: "the account codex works with",
    prefixes: ["account"],
    reaches: ["read", "write", "destroy"],
  },
  {
    name: "runtime",
    about: "codex itself: commands outside sessions, its own methods, feedback to its makers",
    prefixes: ["runtime", "app_server", "feedback"],
    reaches: ["read", "write", "destroy"],
  },
  {
    name: "hub",
    about: "the hub itself: health, abilities, audit",
    prefixes: ["system", "audit"],
    reaches: [],
  },
];

/** The topic of an operation; the first part of its name is one by itself where none is listed. */
export function topicOf(operation: string): Topic {
  let found: { readonly topic: Topic; readonly length: number } | undefined;
  for (const topic of topics) {
    for (const prefix of topic.prefixes) {
      if (operation !== prefix && !operation.startsWith(`${prefix}.`)) continue;
      if (found === undefined || prefix.length > found.length) {
        found = { topic, length: prefix.length };
      }
    }
  }
  if (found !== undefined) return found.topic;
  const noun = operation.split(".")[0]!;
  return {
    name: noun,
    about: noun.replaceAll("_", " "),
    prefixes: [noun],
    reaches: ["read", "write", "destroy"],
  };
}
