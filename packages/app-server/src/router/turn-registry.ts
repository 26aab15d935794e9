/**
 * Finds the turn an event belongs to.
 *
 * A turn's events may come before the caller that started it knows its id, so a caller reserves the
 * thread before it writes `turn/start`: from then on every turn of that thread is recorded, and the
 * one the answer names is handed over with all its events, in order. What nobody asked for leaves
 * nothing behind: without a reservation or a holder, a turn is not recorded, and a finished turn is
 * kept only as long as somebody holds it.
 */
import { threadIdOf } from "@signalbox/protocol";
import type { AppServerError } from "../errors.ts";
import { IdMap } from "./id-map.ts";
import type { Message } from "./message.ts";
import { TurnRecord } from "./turn-record.ts";

/** Turns of one reserved thread that may be recorded before their starter is known. */
const MAX_TENTATIVE = 16;
/** Finished turns that still get what comes late for them, as long as somebody holds them. */
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
  readonly #finished = new Map<string, WeakRef<TurnRecord>>();
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
      this.#finished.get(turnId)?.deref();
    const record = known ?? new TurnRecord(threadId, turnId);
    this.#tentative.get(threadId)?.delete(turnId);
    if (record.isOver) this.#keepFinished(record);
    else if (this.#failure) record.fail(this.#failure);
    else this.#open.set(turnId, record);
    return record;
  }

  deliver(turnId: string, message: Message, bytes: number): void {
    const record = this.#find(turnId, message);
    if (!record) return;
    if (record.append(message, bytes) && this.#open.delete(turnId)) this.#keepFinished(record);
  }

  /** Ends every turn, present and future, with `error`; one whose starter is not known yet keeps what was recorded. */
  failAll(error: AppServerError): void {
    this.#failure ??= error;
    for (const record of this.#open.values()) record.fail(error);
    for (const reference of this.#finished.values()) reference.deref()?.fail(error);
    this.#open.clear();
    this.#finished.clear();
  }

  #find(turnId: string, message: Message): TurnRecord | undefined {
    return (
      this.#open.get(turnId) ??
      this.#finished.get(turnId)?.deref() ??
      this.#tentativeRecord(turnId, message)
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
    this.#finished.set(record.turnId, new WeakRef(record));
    if (this.#finished.size > MAX_FINISHED) deleteOldest(this.#finished);
  }
}

function deleteOldest<K, V>(map: Map<K, V>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
