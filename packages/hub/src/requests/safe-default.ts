/** What is answered when nobody answers, and what that means for the one who asked. Never a yes. */
import { type Answer, safeAnswer } from "@signalbox/app-server";
import type { RequestKind } from "@signalbox/contract";
import type { ServerRequest } from "@signalbox/protocol";
import { isAnsweredByHub } from "./kind.ts";
import type { AskedRequest, Claim } from "./request-row.ts";
import type { Ending } from "./resolution.ts";

/** Questions to which the answer is a decision. */
export const approvalKinds: ReadonlySet<RequestKind> = new Set([
  "command_approval",
  "file_change_approval",
]);

/** The default of a question; `why` is told where its kind has room for a text. */
export function toSafeDefault(
  request: AskedRequest,
  why: string,
): { answer: Answer; ending: Ending } {
  const { method, params, rpcId, summary } = request;
  const answer = safeAnswer({ method, params, id: rpcId } as ServerRequest, `${summary}: ${why}.`);
  return { answer, ending: toEnding(request) };
}

/** Why nothing came in the time a question waited (ms), for the model and for people. */
export function whyLate(kind: RequestKind, waited: number, claim: Claim | undefined): string {
  const allowed = `within ${waited / 1000} s`;
  if (kind !== "tool_call") return `no answer came ${allowed}`;
  return claim === undefined
    ? `nobody that offers the tool took the call ${allowed}`
    : `the process that took it (${claim.claimant}) did not answer ${allowed}`;
}

function toEnding({ kind, method }: AskedRequest): Ending {
  if (isAnsweredByHub(method)) return { outcome: "answered" };
  if (kind === "other") return { outcome: "refused" };
  return {
    outcome: "timed_out",
    decision: approvalKinds.has(kind) ? "decline" : null,
    success: kind === "tool_call" ? false : null,
  };
}
