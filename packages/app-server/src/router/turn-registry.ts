/**
 * Finds the turn an event belongs to.
 *
 * A turn's events may come before the caller that started it knows its id, so a caller reserves the
 * thread before it writes `turn/start`: from then on every turn of that thread is recorded, and the
 * one the answer names is handed over with all its events, in order. What nobody asked for leaves
 * nothing behind: without a reservation or a watcher, a turn is not recorded. A finished turn still
 * gets what comes late while somebody reads it, or while it is one of the last few.
 */
import { threadIdOf } from "@signalbox/protocol";
import type { AppServerError } from "../errors.ts";
import { IdMap } from "./id-map.ts";
import type { Message } from "./message.ts";
import { TurnRecord } from "./turn-record.ts";

/** Turns of one reserved thread that may be recorded before their starter is known. */
const MAX_TENTATIVE = 16;
/**
 * Finished turns that get what comes late though nobody reads them. Held by number, not by weak
 * references: young collections take those for strong, which made every finished turn live long.
 */
const MAX_UNREAD = 64;
/** Finished turns that get what comes late at all; when this is passed, the oldest one's streams end. */
const MAX_FINISHED = 1_024;

/** A thread held for a `turn/start` in flight. Exactly one of `attach` and `release` ends it; later calls do nothing. */
export type Reservation = {
  /** The turn that was started, with every event seen since the reservation. */
  attach(turnId: string): TurnRecord;
  release(): void;
};

export class TurnRegistry {
  readonly #open = new IdMap<TurnRecord>();
  readonly #tentative = new Map<string, Map<string, TurnRecord>>();
  readonly #reservations = new Map<string, number>();
  readonly #finished = new Map<string, TurnRecord>();
  #failure: AppServerError | undefined;

  /** Turns held in memory because they run and somebody watches them, or a start is in flight. */
  get size(): number {
    let tentative = 0;
    for (const turns of this.#tentative.values()) tentative += turns.size;
    return this.#open.size + tentative;
  }

  /** Turns that are watched and have not ended. */
  get openTurns(): TurnRecord[] {
    return [...this.#open.values()];
  }

  reserve(threadId: string): Reservation {
    this.#reservations.set(threadId, (this.#reservations.get(threadId) ?? 0) + 1);
    let attached: TurnRecord | undefined;
    let done = false;
    const finish = () => {
      if (done) return;
      done = true;
      this.#endReservation(threadId);
    };
    return {
      attach: (turnId) => {
        attached ??= this.watch(threadId, turnId);
        finish();
        return attached;
      },
      release: finish,
    };
  }

  /** The record of a turn, made now if there is none: it then holds what comes from now on. */
  watch(threadId: string, turnId: string): TurnRecord {
    const known =
      this.#open.get(turnId) ??
      this.#tentative.get(threadId)?.get(turnId) ??
      this.#finished.get(turnId);
    const record = known ?? new TurnRecord(threadId, turnId);
    this.#tentative.get(threadId)?.delete(turnId);
    if (record.isOver) this.#keepFinished(record);
    else if (this.#failure) record.fail(this.#failure);
    else this.#open.set(turnId, record);
    return record;
  }

  /** `isDelta` spares the look at what an event tells of its turn: most are deltas, which tell nothing. */
  deliver(turnId: string, message: Message, bytes: number, isDelta = false): void {
    const record = this.#find(turnId, message);
    if (!record) return;
    if (isDelta) record.appendDelta(message, bytes);
    else if (record.append(message, bytes) && this.#open.delete(turnId)) this.#keepFinished(record);
  }

  /** Ends every turn, present and future, with `error`; one whose starter is not known yet keeps what was recorded. */
  failAll(error: AppServerError): void {
    this.#failure ??= error;
    for (const record of this.#open.values()) record.fail(error);
    for (const record of this.#finished.values()) record.fail(error);
    this.#open.clear();
    this.#finished.clear();
  }

  #find(turnId: string, message: Message): TurnRecord | undefined {
    return (
      this.#open.get(turnId) ?? this.#finished.get(turnId) ?? this.#tentativeRecord(turnId, message)
    );
  }

  #tentativeRecord(turnId: string, message: Message): TurnRecord | undefined {
    if (this.#reservations.size === 0) return undefined;
    const threadId = threadIdOf(message);
    if (threadId === undefined || !this.#reservations.has(threadId)) return undefined;
    const turns = this.#tentative.get(threadId) ?? new Map<string, TurnRecord>();
    this.#tentative.set(threadId, turns);
    const record = turns.get(turnId) ?? new TurnRecord(threadId, turnId);
    turns.set(turnId, record);
    if (turns.size > MAX_TENTATIVE) {
      deleteOldest(turns);
    }
    return record;
  }

  #endReservation(threadId: string): void {
    const left = (this.#reservations.get(threadId) ?? 1) - 1;
    if (left > 0) {
      this.#reservations.set(threadId, left);
      return;
    }
    this.#reservations.delete(threadId);
    this.#tentative.delete(threadId);
  }

  #keepFinished(record: TurnRecord): void {
    this.#finished.set(record.turnId, record);
    if (this.#finished.size <= MAX_UNREAD) return;
    const unread = [...this.#finished.values()].filter(({ isRead }) => !isRead);
    if (unread.length > MAX_UNREAD && unread[0]) this.#finished.delete(unread[0].turnId);
    if (this.#finished.size > MAX_FINISHED) deleteOldest(this.#finished)?.close();
  }
}

function deleteOldest<K, V>(map: Map<K, V>): V | undefined {
  for (const [key, value] of map) {
    map.delete(key);
    return value;
  }
  return undefined;
}
