/** One call under way in this process, and how it can end. */
import { type RequestResolution, SignalboxError } from "@signalbox/contract";
import type { CallOutcome, IgnoredReason } from "./outcome.ts";
import type { SkillAnswer } from "./result.ts";
import type { ToolCall } from "./tool-call.ts";

/** A call under way, or remembered. */
export interface CallRun {
  readonly call: ToolCall;
  readonly abort: AbortController;
  /** Over: nothing but the outcome is left. Unsent: `answer` waits to go out. */
  phase: "waiting" | "running" | "answering" | "unsent" | "over";
  claimId: string;
  answer: SkillAnswer | undefined;
  outcome: Promise<CallOutcome>;
}

/** A call that is new here. Its `outcome` is to be set at once. */
export function createRun(call: ToolCall): CallRun {
  return {
    call,
    abort: new AbortController(),
    phase: "waiting",
    claimId: "",
    answer: undefined,
    outcome: undefined as never,
  };
}

/** It was left alone. */
export function ignored(reason: IgnoredReason): CallOutcome {
  return { status: "ignored", reason };
}

/** It ended without us. */
export function settled({ call }: CallRun, error: SignalboxError): CallOutcome {
  const { requestId, tool } = call;
  return { status: "settled", requestId, tool, error, duplicate: false };
}

/** The hub could not be told. */
export function unsent({ call }: CallRun, error: unknown): CallOutcome {
  const { requestId, tool } = call;
  return { status: "unsent", requestId, tool, error, duplicate: false };
}

/** What a handler and the outcome are told when the hub has ended a call. */
export function over({ call }: CallRun, resolution: RequestResolution | undefined): SignalboxError {
  const { requestId, tool } = call;
  const why = (resolution?.reason ?? resolution?.outcome ?? "no longer asked").replaceAll("_", " ");
  const code = resolution?.outcome === "answered" ? "already_resolved" : "not_eligible";
  return new SignalboxError(code, `The call of ${tool} is over: ${why}.`, {
    details: { requestId, resolution: resolution ?? null },
  });
}
