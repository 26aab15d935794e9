/** The questions as rows. Every change of a row's state is one statement that says what it was before. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Answer } from "@signalbox/app-server";
import type { RequestKind, RequestResolution } from "@signalbox/contract";
import type { RequestId } from "@signalbox/protocol";
import { transaction } from "../store/database.ts";

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
  readonly summary: string;
  readonly openedAt: number;
  readonly deadlineAt: number;
  /** The process that has taken it to run the tool; only tool calls are taken. */
  readonly claim: Claim | undefined;
  /** Tells an answer that is sent again from another one; null where none was kept. */
  readonly answerDigest: string | null;
  /** How it ended; undefined while it waits. */
  readonly resolution: RequestResolution | undefined;
}

/** Who has taken a tool call. Held until it is released or the question ends. */
export interface Claim {
  readonly id: string;
  readonly claimant: string;
}

/** A question that is new. */
export type NewRequest = Omit<RequestRow, "claim" | "answerDigest" | "resolution">;

/** Which pending questions to end. */
export type PendingMatch =
  | { readonly turn: string; readonly thread: string }
  | { readonly thread: string }
  | { readonly process: string }
  | { readonly process: string; readonly rpcId: RequestId }
  | { readonly id: string };

/** The rows. A question is one message of one process: app-server counts its ids afresh in each. */
export class RequestStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #oldestUnsettled: StatementSync;
  readonly #byId: StatementSync;
  readonly #take: StatementSync;
  readonly #release: StatementSync;
  readonly #beginAnswer: StatementSync;
  readonly #resolve: StatementSync;
  readonly #answer: StatementSync;
  readonly #announce: StatementSync;
  readonly #pending: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(`
      INSERT INTO request (id, process, rpc_id, kind, method, thread_id, turn_id, item_id,
        params, summary, opened_at, deadline_at, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')
      ON CONFLICT (process, rpc_id) DO NOTHING`);
    this.#oldestUnsettled = database.prepare(`
      SELECT min(opened_at) AS at FROM request INDEXED BY request_unsettled
      WHERE state <> 'resolved' OR announced = 0`);
    this.#byId = database.prepare("SELECT * FROM request WHERE id = ?");
    this.#take = database.prepare(`
      UPDATE request SET claim_id = ?, claimant = ?
      WHERE id = ? AND state = 'pending' AND claim_id IS NULL`);
    this.#release = database.prepare(`
      UPDATE request SET claim_id = NULL, claimant = NULL
      WHERE id = ? AND state = 'pending' AND claim_id = ?`);
    this.#beginAnswer = database.prepare(`
      UPDATE request SET state = 'answering', answer_digest = ?
      WHERE id = ? AND state = 'pending'`);
    this.#resolve = database.prepare(`
      UPDATE request SET state = 'resolved', resolution = ?, resolved_at = ?, answer = ?
      WHERE id = ? AND state <> 'resolved'`);
    this.#answer = database.prepare("SELECT answer FROM request WHERE process = ? AND rpc_id = ?");
    this.#announce = database.prepare("UPDATE request SET announced = 1 WHERE id = ?");
    this.#pending = database.prepare(`
      SELECT * FROM request INDEXED BY request_unsettled
      WHERE state = 'pending'
        AND (:id IS NULL OR id = :id)
        AND (:process IS NULL OR process = :process)
        AND (:rpc IS NULL OR rpc_id = :rpc)
        AND (:thread IS NULL OR thread_id = :thread)
        AND (:turn IS NULL OR turn_id = :turn)
        AND (state <> 'resolved' OR announced = 0)
      ORDER BY opened_at, id`);
  }

  /** When the oldest question was opened that is open or whose end is not journaled; Infinity for none. */
  oldestUnsettledAt(): number {
    const at = this.#oldestUnsettled.get()?.at;
    return typeof at === "number" ? at : Number.POSITIVE_INFINITY;
  }

  /** Adds a question. False when this message of this process is a row already. */
  add(request: NewRequest): boolean {
    const { changes } = this.#insert.run(
      request.id,
      request.process,
      JSON.stringify(request.rpcId),
      request.kind,
      request.method,
      request.threadId,
      request.turnId,
      request.itemId,
      JSON.stringify(request.params ?? null),
      request.summary,
      request.openedAt,
      request.deadlineAt,
    );
    return changes === 1;
  }

  /** A question by its id, in whatever state. */
  get(id: string): RequestRow | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  /** Takes a pending tool call for a process. False when it is not pending, or taken. */
  take(id: string, claim: Claim): boolean {
    return this.#take.run(claim.id, claim.claimant, id).changes === 1;
  }

  /** Gives a taken tool call back. False when this claim does not hold it. */
  release(id: string, claimId: string): boolean {
    return this.#release.run(id, claimId).changes === 1;
  }

  /** Begins to answer a pending question. True for exactly one caller. */
  beginAnswer(id: string, digest: string | null = null): boolean {
    return this.#beginAnswer.run(digest, id).changes === 1;
  }

  /** Ends a question, with the answer that was given, if one was. False when it had ended. */
  resolve(id: string, resolution: RequestResolution, at: number, answer?: Answer): boolean {
    const given = answer === undefined ? null : JSON.stringify(answer);
    return this.#resolve.run(JSON.stringify(resolution), at, given, id).changes === 1;
  }

  /** The answer that was given to a message of a process; undefined when none was. */
  answerTo(process: string, rpcId: RequestId): Answer | undefined {
    const row = this.#answer.get(process, JSON.stringify(rpcId));
    return typeof row?.answer === "string" ? (JSON.parse(row.answer) as Answer) : undefined;
  }

  /** Notes that the journal tells how a question ended. */
  markAnnounced(id: string): void {
    this.#announce.run(id);
  }

  /** The pending questions that match, oldest first. */
  pending(match: PendingMatch | undefined): RequestRow[] {
    const { id, process, rpcId, thread, turn } = { ...noMatch, ...match };
    return this.#pending
      .all({
        id,
        process,
        thread,
        turn,
        rpc: rpcId === null ? null : JSON.stringify(rpcId),
      })
      .map(fromRow);
  }

  /** Ends the pending questions that match, all or none; gives those that ended. */
  endPending(
    match: PendingMatch | undefined,
    end: (row: RequestRow) => RequestResolution,
    at: number,
  ): RequestResolution[] {
    const rows = this.pending(match);
    if (rows.length === 0) return [];
    return transaction(this.#database, () =>
      rows.map((row) => {
        const resolution = end(row);
        this.resolve(row.id, resolution, at);
        return resolution;
      }),
    );
  }

  /** What is open of other processes than `alive`, which may be none. */
  leftOpen(alive: string | undefined): RequestRow[] {
    return this.#database
      .prepare(
        "SELECT * FROM request WHERE state <> 'resolved' AND process IS NOT ? ORDER BY opened_at, id",
      )
      .all(alive ?? null)
      .map(fromRow);
  }

  /** Lets the questions of a process wait again whose answer was begun and, since the hub died, not given. */
  reopen(process: string): void {
    this.#database
      .prepare("UPDATE request SET state = 'pending' WHERE state = 'answering' AND process = ?")
      .run(process);
  }

  /** Questions that ended without the journal telling so. */
  unannounced(): RequestRow[] {
    return this.#database
      .prepare(
        "SELECT * FROM request WHERE state = 'resolved' AND announced = 0 ORDER BY resolved_at, id",
      )
      .all()
      .map(fromRow);
  }
}

const noMatch: {
  id: string | null;
  process: string | null;
  rpcId: RequestId | null;
  thread: string | null;
  turn: string | null;
} = { id: null, process: null, rpcId: null, thread: null, turn: null };

function fromRow(row: Record<string, SQLOutputValue>): RequestRow {
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
    summary: row.summary as string,
    openedAt: row.opened_at as number,
    deadlineAt: row.deadline_at as number,
    claim:
      row.claim_id === null
        ? undefined
        : { id: row.claim_id as string, claimant: row.claimant as string },
    answerDigest: row.answer_digest as string | null,
    resolution: resolution === null ? undefined : (JSON.parse(resolution) as RequestResolution),
  };
}
