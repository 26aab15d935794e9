/**
 * Tool calls: taken by one process before it runs the tool, given back, answered. A claim is a column
 * of the call's row, so it holds over a restart; there is no lease, since a tool that runs longer
 * than one would run twice.
 */
import { createHash } from "node:crypto";
import {
  type Operations,
  type OutputOf,
  type ParsedInputOf,
  SignalboxError,
} from "@signalbox/contract";
import { toToolCallAnswer } from "./answers.ts";
import { newClaimId } from "./request-id.ts";
import type { OwnRequest, RequestRow } from "./request-row.ts";
import type { RequestStore } from "./request-store.ts";
import type { Requests } from "./requests.ts";
import { tooLate } from "./resolution.ts";

type Claim = Operations["tool_calls.claim"];
type Release = Operations["tool_calls.release"];
type Respond = Operations["tool_calls.respond"];

/** Who runs a tool, and what it gave. */
export class ToolCalls {
  readonly #store: RequestStore;
  readonly #requests: Requests;

  constructor(store: RequestStore, requests: Requests) {
    this.#store = store;
    this.#requests = requests;
  }

  /** Takes a call for a process; the same process gets the same claim again. */
  claim({ requestId, claimant }: ParsedInputOf<Claim>): OutputOf<Claim> {
    const row = this.#find(requestId);
    const mine = row.claim?.claimant === claimant ? row.claim.id : undefined;
    const claimId = mine ?? newClaimId();
    if (row.resolution !== undefined) throw tooLate(row);
    if (mine === undefined && !this.#store.take(requestId, { id: claimId, claimant })) {
      throw taken(row);
    }
    return { status: "claimed", requestId, claimId, deadlineAt: row.deadlineAt };
  }

  /** Gives a call back that was not run. One that nobody holds is given back already. */
  release({ requestId, claimId }: ParsedInputOf<Release>): OutputOf<Release> {
    const row = this.#find(requestId);
    if (row.resolution !== undefined) throw tooLate(row);
    if (row.claim !== undefined && !this.#store.release(requestId, claimId)) throw notHeld(row);
    return { status: "released", requestId };
  }

  /** Answers a call. The same answer under the same claim succeeds again. */
  async respond(input: ParsedInputOf<Respond>): Promise<OutputOf<Respond>> {
    const { requestId, claimId } = input;
    const row = this.#find(requestId);
    const result = toToolCallAnswer(input);
    const digest = createHash("sha256").update(JSON.stringify(result)).digest("base64url");
    if (!isRepeated(row, claimId, digest)) {
      if (row.resolution !== undefined) throw tooLate(row);
      if (row.claim?.id !== claimId) throw claimId === undefined ? taken(row) : notHeld(row);
      const ending = {
        outcome: "answered",
        success: result.success,
        actor: input.actor ?? null,
      } as const;
      await this.#requests.answer(row, { result }, ending, digest);
    }
    return { status: "ok", requestId, threadId: row.threadId ?? "" };
  }

  #find(requestId: string): OwnRequest {
    const isToolCall = (kind: RequestRow["kind"]) => kind === "tool_call";
    return this.#requests.findOwn(requestId, "tool_call_not_found", isToolCall);
  }
}

function isRepeated(row: RequestRow, claimId: string | undefined, digest: string): boolean {
  return (
    row.resolution?.outcome === "answered" &&
    claimId !== undefined &&
    row.claim?.id === claimId &&
    row.answerDigest === digest
  );
}

function taken({ id, summary, claim }: RequestRow): SignalboxError {
  const claimant = claim?.claimant ?? null;
  return new SignalboxError(
    "in_flight",
    `"${summary}" is being answered${claimant === null ? "" : ` by ${claimant}, which has taken it`}.`,
    { details: { requestId: id, claimant } },
  );
}

function notHeld({ id, summary, claim }: RequestRow): SignalboxError {
  return new SignalboxError(
    "claim_not_held",
    `This claim does not hold "${summary}": ${
      claim === undefined ? "it was released. Take the call again" : `${claim.claimant} does`
    }.`,
    { details: { requestId: id, claimant: claim?.claimant ?? null } },
  );
}
