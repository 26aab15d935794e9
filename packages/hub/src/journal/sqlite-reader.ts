/**
 * Reading the journal in SQLite. One read does a bounded amount of work and then returns, so that
 * whoever reads years of events never holds the event loop.
 */
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { broadcastTypes } from "@signalbox/contract";
import { StoredEvent } from "./event.ts";
import type { EventTypes } from "./event-types.ts";
import type { JournalPage, ReadOptions } from "./journal.ts";
import { blockOf, blockSize, type ThreadBlocks } from "./thread-blocks.ts";

/** Positions one read looks at, at most. */
const scanSpan = 8 * blockSize;
const defaultMaxSize = 1024 * 1024;

type Row = Record<string, SQLOutputValue>;

/** Reads events of one database. */
export class SqliteReader {
  readonly #blocks: ThreadBlocks;
  readonly #types: EventTypes;
  readonly #all: StatementSync;
  readonly #filtered: StatementSync;
  readonly #threadless: StatementSync;

  constructor(database: DatabaseSync, blocks: ThreadBlocks, types: EventTypes) {
    this.#blocks = blocks;
    this.#types = types;
    const range = "seq > :after AND seq <= :last";
    // Types are JSON lists of exact names; null leaves a filter out.
    const ofTypes = "(:types IS NULL OR type IN (SELECT value FROM json_each(:types)))";
    const broadcast = "type IN (SELECT value FROM json_each(:broadcast))";
    this.#all = database.prepare(`SELECT * FROM event WHERE ${range} ORDER BY seq LIMIT :limit`);
    this.#filtered = database.prepare(
      `SELECT * FROM event WHERE ${range} AND ${ofTypes}
         AND (:thread IS NULL OR thread_id = :thread OR (thread_id IS NULL AND ${broadcast}))
       ORDER BY seq LIMIT :limit`,
    );
    this.#threadless = database.prepare(
      `SELECT * FROM event INDEXED BY event_threadless
       WHERE thread_id IS NULL AND ${range} AND ${ofTypes} AND ${broadcast}
       ORDER BY seq LIMIT :limit`,
    );
  }

  /** Reads on from `after`, which is before `head`. */
  read(options: ReadOptions, head: number): JournalPage {
    const { after, threadId } = options;
    if (threadId !== undefined) return this.#readThread(options, threadId, head);
    const last = Math.min(head, after + scanSpan);
    if (options.types === undefined) {
      return collect(this.#all.iterate({ after, last, limit: options.limit }), options, last);
    }
    return this.#readFiltered(options, last, null);
  }

  // Up to the next block the thread is in, only events of no thread can be its readers'.
  #readThread(options: ReadOptions, threadId: string, head: number): JournalPage {
    const { after } = options;
    const block = this.#blocks.nextOf(threadId, blockOf(after + 1));
    const start = block === undefined ? head + 1 : block * blockSize;
    if (start <= after + 1) {
      const last = Math.min(head, (blockOf(after + 1) + 1) * blockSize - 1);
      return this.#readFiltered(options, last, threadId);
    }
    const rows = this.#threadless.iterate({
      after,
      last: start - 1,
      limit: options.limit,
      ...this.#typeParameters(options),
    });
    return collect(rows, options, start - 1);
  }

  #readFiltered(options: ReadOptions, last: number, thread: string | null): JournalPage {
    const rows = this.#filtered.iterate({
      after: options.after,
      last,
      limit: options.limit,
      thread,
      ...this.#typeParameters(options),
    });
    return collect(rows, options, last);
  }

  #typeParameters({ types }: ReadOptions): { types: string | null; broadcast: string } {
    return {
      types: types === undefined ? null : this.#types.matching(types),
      broadcast: this.#types.matching(broadcastTypes),
    };
  }
}

/** Takes rows up to the limits; `last` is how far the query looked. */
function collect(rows: Iterable<Row>, options: ReadOptions, last: number): JournalPage {
  const events: StoredEvent[] = [];
  let room = options.maxSize ?? defaultMaxSize;
  for (const row of rows) {
    const event = fromRow(row);
    room -= event.payload.length;
    if (room < 0 && events.length > 0) return { events, next: events.at(-1)!.seq };
    events.push(event);
  }
  return { events, next: events.length === options.limit ? events.at(-1)!.seq : last };
}

function fromRow(row: Row): StoredEvent {
  return new StoredEvent(row.seq as number, {
    at: row.at as number,
    type: row.type as string,
    threadId: row.thread_id as string | null,
    payload: row.payload as string,
  });
}
