/**
 * Writes that may be sent again. A caller gives a write a key; the hub does the write once and
 * answers it again as it answered first, also after it was restarted. What was begun when the hub
 * died is never done again by itself: its outcome is unknown, and the answer says so.
 */
import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  isSignalboxError,
  type Operation,
  parseIdempotencyKey,
  SignalboxError,
} from "@signalbox/contract";
import { cannotStore, isStorageError } from "../store/database.ts";

/** Keys are forgotten after this long, in milliseconds. */
export const keyLifetime = 24 * 60 * 60 * 1_000;
/** Keys kept at most; beyond them the oldest are forgotten. */
export const maxRecords = 10_000;

/** One write under a key. */
export interface KeyedWrite {
  readonly key: string;
  readonly operation: Operation;
  /** Validated. */
  readonly input: unknown;
}

/** The writes that were done under a key. */
export class Idempotency {
  readonly #under = new Map<string, Promise<unknown>>();
  readonly #now: () => number;
  readonly #begin: StatementSync;
  readonly #find: StatementSync;
  readonly #finish: StatementSync;
  readonly #forget: StatementSync;
  readonly #expire: StatementSync;

  constructor(database: DatabaseSync, now: () => number = Date.now) {
    this.#now = now;
    this.#begin = database.prepare(
      "INSERT INTO idempotency (key, operation, input_hash, begun_at) VALUES (?, ?, ?, ?)",
    );
    this.#find = database.prepare("SELECT * FROM idempotency WHERE key = ?");
    this.#finish = database.prepare("UPDATE idempotency SET output = ? WHERE key = ?");
    this.#forget = database.prepare("DELETE FROM idempotency WHERE key = ?");
    this.#expire = database.prepare(`
      DELETE FROM idempotency WHERE begun_at < ? OR key IN
        (SELECT key FROM idempotency ORDER BY begun_at DESC LIMIT -1 OFFSET ?)`);
  }

  /**
   * Does the write, or gives what it gave before. A failure of which it is certain that nothing was
   * done leaves the key free. Throws `invalid_request` for a key that can't be one,
   * `idempotency_conflict` for a key used for something else, `outcome_unknown` for a write that was
   * begun and never finished, `storage_unavailable` where the key can't be kept: then nothing was done.
   */
  once(write: KeyedWrite, work: () => Promise<unknown>): Promise<unknown> {
    const { key, operation } = write;
    parseIdempotencyKey(key);
    const inputHash = hash(write.input);
    const earlier = this.#find.get(key);
    if (earlier !== undefined && Number(earlier.begun_at) >= this.#now() - keyLifetime) {
      if (earlier.operation !== operation.name || earlier.input_hash !== inputHash) {
        throw conflict(key, String(earlier.operation));
      }
      const running = this.#under.get(key);
      if (running !== undefined) return running;
      if (earlier.output === null) throw unfinished(operation.name);
      return Promise.resolve(JSON.parse(String(earlier.output)));
    }
    const now = this.#now();
    try {
      this.#expire.run(now - keyLifetime, maxRecords - 1);
      this.#begin.run(key, operation.name, inputHash, now);
    } catch (error) {
      throw cannotStore(error);
    }
    const running = this.#do(key, work).finally(() => this.#under.delete(key));
    this.#under.set(key, running);
    return running;
  }

  async #do(key: string, work: () => Promise<unknown>): Promise<unknown> {
    let output: unknown;
    try {
      output = await work();
    } catch (error) {
      if (isCertain(error)) this.#note(() => this.#forget.run(key));
      throw error;
    }
    this.#note(() => this.#finish.run(JSON.stringify(output), key));
    return output;
  }

  /** Where nothing can be stored now, a later call under the key is told that its outcome is unknown. */
  #note(store: () => void): void {
    try {
      store();
    } catch (error) {
      if (!isStorageError(error)) throw error;
    }
  }
}

/** Whether a failure says that nothing was done. */
function isCertain(error: unknown): boolean {
  return isSignalboxError(error) && error.category !== "ambiguous" && error.category !== "internal";
}

function conflict(key: string, operation: string): SignalboxError {
  return new SignalboxError(
    "idempotency_conflict",
    `The Idempotency-Key ${key} was used for ${operation} with another input. Use a new key for a new write.`,
    { details: { operation } },
  );
}

function unfinished(operation: string): SignalboxError {
  return new SignalboxError(
    "outcome_unknown",
    `${operation} was begun under this Idempotency-Key and its end is not known, so it may or may not have been done. Look before repeating it under a new key.`,
  );
}

/** The same for inputs that say the same: keys are sorted, undefined is left out. */
function hash(input: unknown): string {
  const canonical = JSON.stringify(input, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(canonical).digest("base64");
}
