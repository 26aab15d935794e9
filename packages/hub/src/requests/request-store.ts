/** The questions as rows. Every change of a row's state is one statement that says what it was before. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Answer } from "@signalbox/app-server";
import type { RequestResolution } from "@signalbox/contract";
import type { RequestId } from "@signalbox/protocol";
import { transaction } from "../store/database.ts";
import { type Claim, fromRow, type NewRequest, type RequestRow } from "./request-row.ts";

/** Which pending questions to end. */
export type PendingMatch =
  | { readonly turn: string; readonly thread: string }
  | { readonly thread: string }
  | { readonly process: string }
  | { readonly process: string; readonly rpcId: RequestId }
  | { readonly id: string };

/** Which answers to drop. */
export type AnswerMatch =
  | { readonly process: string; readonly rpcId: RequestId }
  | { readonly process: string; readonly thread: string; readonly turn: string }
  | { readonly process: string };

/** A question, and the answer that is kept to be given again. */
export interface KeptRequest {
  readonly row: RequestRow;
  readonly answer: Answer | undefined;
}

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
  readonly #byMessage: StatementSync;
  readonly #supersede: StatementSync;
  readonly #forget: StatementSync;
  readonly #trim: StatementSync;
  readonly #tell: StatementSync;
  readonly #announce: StatementSync;
  readonly #pending: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(`
      INSERT INTO request (id, process, rpc_id, kind, method, thread_id, turn_id, item_id,
        params, paths, summary, opened_at, deadline_at, verdict, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')
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
    this.#byMessage = database.prepare("SELECT * FROM request WHERE process = ? AND rpc_id = ?");
    this.#supersede = database.prepare("UPDATE request SET rpc_id = ? WHERE id = ?");
    this.#forget = database.prepare(`
      UPDATE request SET answer = NULL WHERE answer IS NOT NULL AND process = :process
        AND (:rpc IS NULL OR rpc_id = :rpc)
        AND (:turn IS NULL OR (turn_id = :turn AND thread_id = :thread))`);
    this.#trim = database.prepare(`
      DELETE FROM request WHERE state = 'resolved' AND announced = 1 AND (resolved_at < :before OR
        resolved_at < (SELECT resolved_at FROM request WHERE resolved_at IS NOT NULL
          ORDER BY resolved_at DESC LIMIT 1 OFFSET :most))`);
    this.#tell = database.prepare("UPDATE request SET told = 1 WHERE id = ?");
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
      request.paths === null ? null : JSON.stringify(request.paths),
      request.summary,
      request.openedAt,
      request.deadlineAt,
      request.verdict === null ? null : JSON.stringify(request.verdict),
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

  /** The question a message of a process is; undefined when it is none yet. */
  byMessage(process: string, rpcId: RequestId): KeptRequest | undefined {
    const row = this.#byMessage.get(process, JSON.stringify(rpcId));
    if (row === undefined) return undefined;
    const answer = row.answer === null ? undefined : (JSON.parse(String(row.answer)) as Answer);
    return { row: fromRow(row), answer };
  }

  /** Lets a message be another question from now on: this one has ended, and codex asks again. */
  supersede(id: string): void {
    this.#supersede.run(JSON.stringify(`superseded ${id}`), id);
  }

  /** Drops answers that codex is known to have, or does not want any more. */
  forgetAnswers(match: AnswerMatch): void {
    const { process, rpcId, thread, turn } = { ...noMatch, ...match };
    this.#forget.run({
      process,
      thread,
      turn,
      rpc: rpcId === null ? null : JSON.stringify(rpcId),
    });
  }

  /** Drops questions that ended before a time (epoch ms), and the oldest beyond so many. */
  trim(before: number, most: number): void {
    this.#trim.run({ before, most: Math.max(0, most - 1) });
  }

  /** Notes that the journal tells that a question is asked. */
  markTold(id: string): void {
    this.#tell.run(id);
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

  /** The pending questions of a process that the journal does not tell of, oldest first. */
  untold(process: string): RequestRow[] {
    // The second condition is the index's own: SQLite does not see that the first says it.
    return this.#database
      .prepare(`
        SELECT * FROM request INDEXED BY request_unsettled
        WHERE state = 'pending' AND (state <> 'resolved' OR announced = 0)
          AND told = 0 AND process = ?
        ORDER BY opened_at, id`)
      .all(process)
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
