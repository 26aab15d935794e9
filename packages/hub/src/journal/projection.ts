/**
 * Projections: durable state that follows the journal. Each has a stored position, moved in the same
 * transaction as its state, so that after a crash it goes on where it was and applies each event once.
 */
import type { DatabaseSync } from "node:sqlite";
import { createTypeMatcher } from "@signalbox/contract";
import { isStorageError, transaction } from "../store/database.ts";
import type { StoredEvent } from "./event.ts";
import type { Journal } from "./journal.ts";
import { StoredPosition } from "./stored-position.ts";

/**
 * Events after which positions are stored though nothing was to be applied, so that a projection of
 * rare types does not search the whole journal for them when the hub starts.
 */
const positionsEvery = 4096;

/** State that follows the journal. */
export interface Projection {
  /** Permanent: its position is stored under it. */
  readonly name: string;
  /** The types it follows: exact, or prefixes ending in `*`. */
  readonly types: readonly string[];
  /**
   * Narrows the types down, where that depends on what was applied before: asked just before an event
   * would be applied. Left out: all of `types` are wanted.
   */
  follows?(type: string): boolean;
  /** Changes the stored state. Runs in a transaction, each event once, in order. */
  apply(event: StoredEvent): void;
  /** The transaction was taken back: forgets what is kept in memory of its changes. */
  forget?(): void;
}

/** Called when an event can't be applied: the event is passed over, since no later one may wait for it. */
export type OnProjectionError = (projection: string, event: StoredEvent, error: unknown) => void;

/** All projections of one database over one journal. */
export class Projections {
  readonly #database: DatabaseSync;
  readonly #journal: Journal;
  readonly #followers: readonly Follower[];
  readonly #onError: OnProjectionError;
  #storedThrough: number;

  constructor(
    database: DatabaseSync,
    journal: Journal,
    projections: readonly Projection[],
    onError: OnProjectionError,
  ) {
    this.#database = database;
    this.#journal = journal;
    this.#onError = onError;
    this.#storedThrough = journal.head;
    this.#followers = projections.map((projection) => {
      const stored = new StoredPosition(database, projection.name);
      const follows = projection.follows?.bind(projection) ?? createTypeMatcher(projection.types);
      return { projection, follows, stored, position: stored.load(), behind: true };
    });
  }

  /** Applies what came before: everything from each projection's position to the head. */
  async catchUp(): Promise<void> {
    for (const follower of this.#followers) await this.#catchUp(follower);
    this.#storePositions();
  }

  /** Every projection has applied everything up to here, and needs none of it again. */
  get applied(): number {
    const { head } = this.#journal;
    return Math.min(head, ...this.#followers.map((one) => (one.behind ? one.position : head)));
  }

  /** Applies what could not be applied before; false when that still can't be stored. */
  async settle(): Promise<boolean> {
    for (const follower of this.#followers) if (follower.behind) await this.#catchUp(follower);
    return this.#followers.every(({ behind }) => !behind);
  }

  /**
   * Applies events just appended: all projections in one transaction, since each has its price, and
   * each by itself where that fails. Never throws: a projection that can't store catches up at the
   * next call.
   */
  async apply(events: readonly StoredEvent[]): Promise<void> {
    this.#applyBatch(
      this.#followers.filter(({ behind }) => !behind),
      events,
    );
    for (const follower of this.#followers) if (follower.behind) await this.#catchUp(follower);
    if (this.#journal.head - this.#storedThrough >= positionsEvery) this.#storePositions();
  }

  #storePositions(): void {
    const { head } = this.#journal;
    try {
      transaction(this.#database, () => {
        for (const { stored, behind } of this.#followers) if (!behind) stored.save(head);
      });
      this.#storedThrough = head;
    } catch {
      // They are where they were, which is only further back.
    }
  }

  async #catchUp(follower: Follower): Promise<void> {
    const head = this.#journal.head;
    let after = Math.min(follower.position, head);
    follower.behind = true;
    while (after < head) {
      const { types } = follower.projection;
      const page = await this.#journal.read({ after, limit: 1000, types });
      if (!this.#applyBatch([follower], page.events)) return;
      after = page.next;
    }
    follower.behind = false;
  }

  /** Applies to each what it follows, all or nothing. False when it can't be stored; then they are behind. */
  #applyBatch(followers: readonly Follower[], events: readonly StoredEvent[]): boolean {
    const parts = followers
      .map((follower) => ({ follower, due: dueOf(follower, events), applied: 0 }))
      .filter(({ due }) => due.length > 0);
    if (parts.length === 0) return true;
    try {
      transaction(this.#database, () => {
        for (const part of parts) {
          part.applied = this.#applyTo(part.follower, part.due);
          part.follower.stored.save(part.applied);
        }
      });
    } catch {
      // The database can't be written now; the journal has the events.
      for (const { follower } of parts) {
        follower.behind = true;
        follower.projection.forget?.();
      }
      return false;
    }
    for (const { follower, applied } of parts) follower.position = applied;
    return true;
  }

  /** Applies what a projection still follows as each one's turn comes; gives the last position. */
  #applyTo({ projection, follows }: Follower, due: readonly StoredEvent[]): number {
    let applied = 0;
    for (const event of due) {
      if (!follows(event.type)) continue;
      this.#applyOne(projection, event);
      applied = event.seq;
    }
    return applied;
  }

  #applyOne(projection: Projection, event: StoredEvent): void {
    try {
      projection.apply(event);
    } catch (error) {
      if (isStorageError(error)) throw error;
      this.#onError(projection.name, event, error);
    }
  }
}

interface Follower {
  readonly projection: Projection;
  readonly follows: (type: string) => boolean;
  readonly stored: StoredPosition;
  position: number;
  behind: boolean;
}

/** What of these events a projection has not applied yet. */
function dueOf({ position, follows }: Follower, events: readonly StoredEvent[]): StoredEvent[] {
  const first = events.findIndex(({ seq, type }) => seq > position && follows(type));
  return first < 0 ? [] : events.slice(first);
}
