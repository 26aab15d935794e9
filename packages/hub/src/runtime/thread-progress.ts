/**
 * How far the journal knows each thread: its last turn, whether that ended, and which of its items
 * were completed. From there a hub goes on with threads that went on without it.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ThreadMark } from "@signalbox/app-server";
import type { AppServerSignal } from "@signalbox/contract";
import type { StoredEvent } from "../journal/event.ts";
import type { Projection } from "../journal/projection.ts";

interface Params {
  readonly turnId?: string;
  readonly turn?: { readonly id?: string };
  readonly item?: { readonly id?: string };
}

const types = {
  started: "app_server.turn.started",
  item: "app_server.item.completed",
  ended: "app_server.turn.completed",
} as const;

/** The marks, as a projection over the journal. */
export class ThreadProgress implements Projection {
  readonly name = "runtime.progress";
  readonly types = Object.values(types);
  readonly #put: StatementSync;
  readonly #dropItems: StatementSync;
  readonly #addItem: StatementSync;
  readonly #items: StatementSync;
  readonly #get: StatementSync;
  readonly #open: StatementSync;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO thread_progress (thread_id, turn_id, ended) VALUES (?, ?, ?)",
    );
    this.#dropItems = database.prepare("DELETE FROM thread_progress_item WHERE thread_id = ?");
    this.#addItem = database.prepare(`
      INSERT OR IGNORE INTO thread_progress_item (thread_id, item_id)
      SELECT thread_id, ? FROM thread_progress WHERE thread_id = ? AND turn_id = ? AND ended = 0`);
    this.#items = database.prepare("SELECT item_id FROM thread_progress_item WHERE thread_id = ?");
    this.#get = database.prepare("SELECT * FROM thread_progress WHERE thread_id = ?");
    this.#open = database.prepare(
      "SELECT thread_id FROM thread_progress WHERE ended = 0 ORDER BY thread_id",
    );
  }

  apply({ type, threadId, value }: StoredEvent): void {
    if (threadId === null) return;
    const { turnId, turn, item } = (value as AppServerSignal<string, Params>).params;
    switch (type) {
      case types.started:
        if (turn?.id !== undefined) this.#note(threadId, turn.id, false);
        return;
      case types.item:
        if (item?.id !== undefined) this.#addItem.run(item.id, threadId, turnId ?? null);
        return;
      case types.ended:
        if (turn?.id !== undefined) this.#note(threadId, turn.id, true);
        return;
      default:
    }
  }

  /** How far a thread is known; undefined when nothing is. */
  markOf(threadId: string): ThreadMark | undefined {
    const row = this.#get.get(threadId);
    if (row === undefined) return undefined;
    return {
      turnId: String(row.turn_id),
      ended: row.ended === 1,
      items: this.#items.all(threadId).map((each) => String(each.item_id)),
    };
  }

  /** Threads with a turn whose end is not known. */
  unfinished(): string[] {
    return this.#open.all().map((row) => String(row.thread_id));
  }

  #note(threadId: string, turnId: string, ended: boolean): void {
    this.#put.run(threadId, turnId, ended ? 1 : 0);
    this.#dropItems.run(threadId);
  }
}
