/** What people and programs decide, as app-server takes it. */
import { type Operations, type ParsedInputOf, SignalboxError } from "@signalbox/contract";
import type { AnswerOf, ReviewDecision } from "@signalbox/protocol";

/** A decision on an approval. */
export type Decision = ParsedInputOf<Operations["approvals.decide"]>;
/** The result of a tool call. */
export type ToolCallResult = ParsedInputOf<Operations["tool_calls.respond"]>;

/**
 * The answer to an approval. Codex may offer only some ways to accept: then one that allows no more
 * is taken, and where there is none `invalid_state` is thrown. It takes `decline` and `cancel`
 * whether or not it offers them (0.169.0).
 */
export function toApprovalAnswer(
  method: string,
  params: unknown,
  { decision, scope }: Decision,
): { decision: unknown } {
  if (method === "execCommandApproval" || method === "applyPatchApproval") {
    return { decision: toReviewDecision(decision, scope) };
  }
  if (decision !== "accept") return { decision };
  const wanted = scope === "session" ? ["acceptForSession", "accept"] : ["accept"];
  const offered = offeredIn(params);
  const chosen = wanted.find((candidate) => offered === undefined || offered.includes(candidate));
  if (chosen === undefined) {
    throw new SignalboxError(
      "invalid_state",
      `Codex does not offer to accept this as it is: it offers ${JSON.stringify(offered)}.`,
    );
  }
  return { decision: chosen };
}

// The older methods have words of their own.
function toReviewDecision(
  decision: Decision["decision"],
  scope: Decision["scope"],
): ReviewDecision {
  switch (decision) {
    case "accept":
      return scope === "session" ? "approved_for_session" : "approved";
    case "decline":
      return { denied: { rejection: "Declined by the user." } };
    case "cancel":
      return "abort";
  }
}

function offeredIn(params: unknown): readonly unknown[] | undefined {
  if (typeof params !== "object" || params === null) return undefined;
  const offered = (params as { availableDecisions?: unknown }).availableDecisions;
  return Array.isArray(offered) ? offered : undefined;
}

/** The answer to a tool call: the whole one, or its items, or a text; success unless said otherwise. */
export function toToolCallAnswer(result: ToolCallResult): AnswerOf<"item/tool/call"> {
  if (result.response !== undefined) return result.response;
  const items =
    result.contentItems ??
    (result.text === undefined ? [] : [{ type: "inputText" as const, text: result.text }]);
  return { success: result.success ?? true, contentItems: items };
}
