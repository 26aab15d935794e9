/**
 * What people and programs answer, as app-server takes it. What does not fit the question is
 * `invalid_answer` and names the field; what codex does not offer now is `invalid_state`.
 */
import type { Answer } from "@signalbox/app-server";
import { type OperationInput, type ParsedRequestAnswer, SignalboxError } from "@signalbox/contract";
import type { AnswerOf, ReviewDecision } from "@signalbox/protocol";
import { toElicitationAnswer } from "./elicitation.ts";
import { invalidAnswer } from "./invalid-answer.ts";
import { isFields, paramsOf } from "./params.ts";
import { questionsIn } from "./record.ts";
import type { AskedRequest } from "./request-row.ts";
import type { Ending } from "./resolution.ts";

type AnswerTo<Kind> = Extract<ParsedRequestAnswer, { kind: Kind }>;
type Decided = AnswerTo<"command_approval"> | AnswerTo<"file_change_approval">;

/** The result of a tool call. */
export type ToolCallResult = Omit<OperationInput<"tool_calls.respond">, "requestId">;

/** Every answer but that to a tool call, which is its claimant's to give. */
export type PlainAnswer = Exclude<ParsedRequestAnswer, { kind: "tool_call" }>;

/** The answer to a question of its kind, and how the question ends by it. */
export function toAnswer(
  request: AskedRequest,
  given: PlainAnswer,
): { answer: Answer; ending: Ending } {
  const { method, params } = request;
  switch (given.kind) {
    case "command_approval":
    case "file_change_approval": {
      const { decision, scope } = given;
      return {
        answer: { result: toApprovalAnswer(method, params, given) },
        ending: { outcome: "answered", decision, scope },
      };
    }
    case "permissions": {
      const { decision, scope } = given;
      return {
        answer: { result: toPermissionsAnswer(params, given) },
        ending: { outcome: "answered", decision, scope },
      };
    }
    case "user_input":
      return {
        answer: { result: toUserInputAnswer(params, given) },
        ending: { outcome: "answered", decision: given.decision },
      };
    case "elicitation":
      return {
        answer: { result: toElicitationAnswer(paramsOf(params), given) },
        ending: { outcome: "answered", decision: given.action },
      };
    case "other":
      return { answer: toOtherAnswer(given), ending: { outcome: "answered" } };
  }
}

/**
 * The answer to an approval. Codex may offer only some ways to accept: then one that allows no more
 * is taken, and where there is none `invalid_state` is thrown. It takes `decline` and `cancel`
 * whether or not it offers them (0.169.0).
 */
export function toApprovalAnswer(
  method: string,
  params: unknown,
  given: Decided,
): { decision: unknown } {
  const { decision, scope } = given;
  const amended = given.kind === "command_approval" ? toAmended(given) : undefined;
  if (amended !== undefined && decision !== "accept") {
    throw invalidAnswer("decision", "An amendment goes with accept only");
  }
  if (method === "execCommandApproval" || method === "applyPatchApproval") {
    if (amended === undefined) return { decision: toReviewDecision(decision, scope) };
    throw invalidAnswer("answer", `${method} takes no amendment`);
  }
  if (decision !== "accept") return { decision };
  const offered = offeredIn(params);
  if (amended !== undefined) {
    const [name] = Object.keys(amended);
    if (offered?.some((each) => isFields(each) && Object.hasOwn(each, name!)) !== true) {
      throw notOffered(offered ?? []);
    }
    return { decision: amended };
  }
  const wanted = scope === "session" ? ["acceptForSession", "accept"] : ["accept"];
  const chosen = wanted.find((candidate) => offered === undefined || offered.includes(candidate));
  if (chosen === undefined) throw notOffered(offered!);
  return { decision: chosen };
}

function toAmended(given: AnswerTo<"command_approval">): object | undefined {
  const { execpolicyAmendment, networkPolicyAmendment } = given;
  if (execpolicyAmendment !== undefined && networkPolicyAmendment !== undefined) {
    throw invalidAnswer("networkPolicyAmendment", "One amendment an answer, not two");
  }
  if (execpolicyAmendment !== undefined) {
    return { acceptWithExecpolicyAmendment: { execpolicy_amendment: execpolicyAmendment } };
  }
  if (networkPolicyAmendment !== undefined) {
    return { applyNetworkPolicyAmendment: { network_policy_amendment: networkPolicyAmendment } };
  }
  return undefined;
}

function notOffered(offered: readonly unknown[]): SignalboxError {
  return new SignalboxError(
    "invalid_state",
    `Codex does not offer to accept this as it is: it offers ${JSON.stringify(offered)}.`,
    { details: { offered } },
  );
}

// The older methods have words of their own.
function toReviewDecision(decision: Decided["decision"], scope: Decided["scope"]): ReviewDecision {
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

function toPermissionsAnswer(
  params: unknown,
  given: AnswerTo<"permissions">,
): AnswerOf<"item/permissions/requestApproval"> {
  const { decision, scope, permissions, strictAutoReview } = given;
  if (decision === "decline") {
    if (permissions === undefined) return { permissions: {}, scope: "turn" };
    throw invalidAnswer("answer.permissions", "Nothing is granted with decline");
  }
  const asked = paramsOf(paramsOf(params).permissions);
  const all = Object.fromEntries(Object.entries(asked).filter(([, part]) => part !== null));
  // What goes beyond what was asked for codex leaves out by itself.
  const granted = (permissions ??
    all) as AnswerOf<"item/permissions/requestApproval">["permissions"];
  return {
    permissions: granted,
    scope,
    ...(strictAutoReview === undefined ? {} : { strictAutoReview }),
  };
}

function toUserInputAnswer(
  params: unknown,
  { decision, answers }: AnswerTo<"user_input">,
): AnswerOf<"item/tool/requestUserInput"> {
  // Codex knows no other way to say no.
  if (decision !== "accept") return { answers: {} };
  if (answers === undefined) {
    throw invalidAnswer("answers", "Required to accept; decline says that there is no answer");
  }
  const asked = new Set(questionsIn(paramsOf(params)).map(({ id }) => id));
  const unknown = Object.keys(answers).find((id) => !asked.has(id));
  if (unknown === undefined) return { answers };
  throw invalidAnswer(
    `answers.${unknown}`,
    `No such question: it asks ${JSON.stringify([...asked])}`,
  );
}

function toOtherAnswer({ result, error }: AnswerTo<"other">): Answer {
  if (result !== undefined && error === undefined) return { result };
  if (error !== undefined && result === undefined) return { error };
  throw invalidAnswer("answer", "Either result or error");
}

/** The answer to a tool call: the whole one, or its items, or a text; success unless said otherwise. */
export function toToolCallAnswer(result: ToolCallResult): AnswerOf<"item/tool/call"> {
  if (result.response !== undefined) return result.response;
  const items =
    result.contentItems ??
    (result.text === undefined ? [] : [{ type: "inputText" as const, text: result.text }]);
  return { success: result.success ?? true, contentItems: items };
}
