/** How a question ended, as a value and as an event. */
import {
  type ExpiryReason,
  type OpenRequest,
  type RequestResolution,
  SignalboxError,
} from "@signalbox/contract";
import { type NewEvent, toNewEvent } from "../journal/event.ts";
import type { NewRequest, RequestRow } from "./request-row.ts";

/** What an end says beyond which question it is of. */
export type Ending = Pick<RequestResolution, "outcome"> &
  Partial<
    Pick<RequestResolution, "reason" | "decision" | "scope" | "success" | "actor" | "decidedBy">
  >;

/** The whole resolution of a question. */
export function toResolution(request: NewRequest, ending: Ending): RequestResolution {
  return {
    requestId: request.id,
    kind: request.kind,
    method: request.method,
    threadId: request.threadId,
    turnId: request.turnId,
    reason: null,
    decision: null,
    scope: null,
    success: null,
    actor: null,
    decidedBy: null,
    ...ending,
  };
}

/** The end of a question nobody will answer. */
export function expired(reason: ExpiryReason): Ending {
  return { outcome: "expired", reason };
}

/** A question as it is told. */
export function toOpenRequest(request: NewRequest): OpenRequest {
  const { verdict } = request;
  return {
    requestId: request.id,
    kind: request.kind,
    method: request.method,
    threadId: request.threadId,
    turnId: request.turnId,
    itemId: request.itemId,
    summary: request.summary,
    openedAt: request.openedAt,
    deadlineAt: request.deadlineAt,
    authority: request.deadlineAt === null ? "attached" : "owned",
    decidedBy: verdict && { policy: verdict.policy, rule: verdict.rule },
  };
}

/** The event of a question that was opened. */
export function toOpenedEvent(request: NewRequest, at: number): NewEvent {
  return toNewEvent("request.opened", request.threadId, toOpenRequest(request), at);
}

/** The event of a question that ended. */
export function toResolvedEvent(resolution: RequestResolution, at: number): NewEvent {
  return toNewEvent("request.resolved", resolution.threadId, resolution, at);
}

/** What whoever comes too late is told: `already_resolved` or `not_eligible`, with how it ended. */
export function tooLate({ id, summary, resolution }: RequestRow): SignalboxError {
  if (resolution?.outcome === "answered") {
    return new SignalboxError("already_resolved", `"${summary}" was answered before.`, {
      details: { requestId: id, resolution },
    });
  }
  const why = resolution?.reason ?? resolution?.outcome ?? "being answered";
  return new SignalboxError(
    "not_eligible",
    `"${summary}" can't be answered any more: ${why.replaceAll("_", " ")}.`,
    { details: { requestId: id, resolution: resolution ?? null } },
  );
}
