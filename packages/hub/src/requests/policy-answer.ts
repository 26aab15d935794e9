/** What a policy's verdict means for a question. */
import type { Answer } from "@signalbox/app-server";
import { isSignalboxError } from "@signalbox/contract";
import { toAnswer } from "./answers.ts";
import type { PolicyVerdict } from "./policy.ts";
import type { AskedRequest } from "./request-row.ts";
import type { Ending } from "./resolution.ts";
import { toSafeDefault } from "./safe-default.ts";

/** The answer a policy gives; undefined where people are asked, also since codex takes no plain yes. */
export function toPolicyAnswer(
  request: AskedRequest,
  verdict: PolicyVerdict,
): { answer: Answer; ending: Ending } | undefined {
  if (verdict.action === "ask") return undefined;
  const decidedBy = { policy: verdict.policy, rule: verdict.rule };
  const decision = verdict.action === "allow" ? "accept" : "decline";
  if (verdict.action === "deny") {
    const { answer, ending } = toSafeDefault(request, "a policy declines it");
    const said = request.kind === "tool_call" ? {} : { decision };
    return { answer, ending: { ...ending, ...said, outcome: "answered", decidedBy } };
  }
  try {
    const { answer, ending } = toYes(request);
    return { answer, ending: { ...ending, decidedBy } };
  } catch (error) {
    if (isSignalboxError(error)) return undefined;
    throw error;
  }
}

function toYes(request: AskedRequest) {
  if (request.kind === "elicitation") {
    return toAnswer(request, { kind: "elicitation", action: "accept" });
  }
  const kind = request.kind as "command_approval" | "file_change_approval";
  return toAnswer(request, { kind, decision: "accept", scope: "turn" });
}
