/** Answers to what MCP servers ask, as codex takes them. */
import { type ParsedRequestAnswer, SignalboxError } from "@signalbox/contract";
import type { AnswerOf } from "@signalbox/protocol";
import { z } from "zod";
import { invalidAnswer } from "./invalid-answer.ts";
import { isFields, type Params } from "./params.ts";

type Given = Extract<ParsedRequestAnswer, { kind: "elicitation" }>;
type Answer = AnswerOf<"mcpServer/elicitation/request">;

/**
 * The answer. Content must fit the form that is asked for; a URL has none. Throws `invalid_answer`,
 * or `invalid_state` when it is to be kept for longer than codex offers.
 */
export function toElicitationAnswer(params: Params, given: Given): Answer {
  const { action, persist } = given;
  if (action !== "accept") {
    if (given.content === undefined && persist === undefined) {
      return { action, content: null, _meta: null };
    }
    throw invalidAnswer("answer.action", "content and persist go with accept only");
  }
  const content = contentOf(params, given);
  if (persist === undefined) return { action, content, _meta: null };
  const offered = offeredIn(params);
  if (offered.includes(persist)) return { action, content, _meta: { persist } };
  throw new SignalboxError(
    "invalid_state",
    `Codex does not offer to keep this answer for ${persist}: it offers ${JSON.stringify(offered)}.`,
    { details: { offered } },
  );
}

function contentOf({ requestedSchema }: Params, { content }: Given): Answer["content"] {
  if (!isFields(requestedSchema)) {
    if (content === undefined) return null;
    throw invalidAnswer("answer.content", "No form is asked for, so there is no content");
  }
  const filled = content ?? {};
  const form = toForm(requestedSchema);
  const issue = form?.safeParse(filled).error?.issues[0];
  if (issue !== undefined) {
    throw invalidAnswer(["answer.content", ...issue.path].join("."), issue.message);
  }
  return filled as Answer["content"];
}

// A schema that can't be read holds nobody up: the MCP server checks what it gets itself.
function toForm(schema: Params): z.ZodType | undefined {
  try {
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch {
    return undefined;
  }
}

function offeredIn({ _meta }: Params): unknown[] {
  const persist = isFields(_meta) ? _meta.persist : undefined;
  return Array.isArray(persist) ? persist : typeof persist === "string" ? [persist] : [];
}
