/** A question as a row of the database. */
import type { SQLOutputValue } from "node:sqlite";
import type { RequestKind, RequestResolution } from "@signalbox/contract";
import type { RequestId } from "@signalbox/protocol";
import type { PolicyDecision } from "./policy.ts";

/** One question. */
export interface RequestRow {
  readonly id: string;
  /** Names the process that asks, unique for ever. */
  readonly process: string;
  readonly rpcId: RequestId;
  readonly kind: RequestKind;
  readonly method: string;
  readonly threadId: string | null;
  readonly turnId: string | null;
  readonly itemId: string | null;
  readonly params: unknown;
  /** The files a file change is about; null where it is none, or where they are not known. */
  readonly paths: readonly string[] | null;
  readonly summary: string;
  readonly openedAt: number;
  /** When its safe default answers; null in a session of another client's, which answers it. */
  readonly deadlineAt: number | null;
  /** What the policy that held when it was opened answers; null where people are asked. */
  readonly verdict: PolicyDecision | null;
  /** The process that has taken it to run the tool; only tool calls are taken. */
  readonly claim: Claim | undefined;
  /** Tells an answer that is sent again from another one; null where none was kept. */
  readonly answerDigest: string | null;
  readonly state: "pending" | "answering" | "resolved";
  /** How it ended; undefined while it waits. */
  readonly resolution: RequestResolution | undefined;
}

/** Who has taken a tool call. Held until it is released or the question ends. */
export interface Claim {
  readonly id: string;
  readonly claimant: string;
}

/** A question that is new. */
export type NewRequest = Omit<RequestRow, "claim" | "answerDigest" | "state" | "resolution">;

/** What codex asks, before it is known who answers. */
export type AskedRequest = Omit<NewRequest, "openedAt" | "deadlineAt" | "verdict">;

/** A question that the hub answers, or takes an answer to. */
export type OwnRequest = RequestRow & { readonly deadlineAt: number };

/** The row as it stands in the database. */
export function fromRow(row: Record<string, SQLOutputValue>): RequestRow {
  const resolution = row.resolution as string | null;
  return {
    id: row.id as string,
    process: row.process as string,
    rpcId: JSON.parse(row.rpc_id as string) as RequestId,
    kind: row.kind as RequestKind,
    method: row.method as string,
    threadId: row.thread_id as string | null,
    turnId: row.turn_id as string | null,
    itemId: row.item_id as string | null,
    params: JSON.parse(row.params as string) as unknown,
    paths: row.paths === null ? null : (JSON.parse(row.paths as string) as string[]),
    summary: row.summary as string,
    openedAt: row.opened_at as number,
    deadlineAt: row.deadline_at as number | null,
    verdict: row.verdict === null ? null : (JSON.parse(row.verdict as string) as PolicyDecision),
    claim:
      row.claim_id === null
        ? undefined
        : { id: row.claim_id as string, claimant: row.claimant as string },
    state: row.state as RequestRow["state"],
    answerDigest: row.answer_digest as string | null,
    resolution: resolution === null ? undefined : (JSON.parse(resolution) as RequestResolution),
  };
}
