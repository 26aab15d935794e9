/**
 * From the journal's new events to all readers that are live. Readers who want the same in the same
 * form stand in one group: a batch is filtered and turned into bytes once a group, and groups of a
 * thread that is not in the batch are not even looked at. So a reader's position while it is live
 * is the fan-out's own.
 */
import { isBroadcastType } from "@signalbox/contract";
import type { StoredEvent } from "../journal/event.ts";
import { type Chunk, toChunks } from "./chunks.ts";
import type { StreamFilter } from "./filter.ts";
import type { FrameFormat } from "./frame-format.ts";

/** A reader that takes what happens as it happens. */
export interface LiveReader {
  /** Takes what its filter lets through of a batch. Never waits, never throws. */
  take(chunks: readonly Chunk[]): void;
}

interface Group {
  readonly filter: StreamFilter;
  readonly format: FrameFormat;
  readonly readers: Set<LiveReader>;
}

/** The live readers. */
export class Fanout {
  /** By thread (null: all threads), then by the rest of what is wanted. */
  readonly #groups = new Map<string | null, Map<string, Group>>();
  #position: number;

  /** `position`: that of the newest event there is; the next batch follows it. */
  constructor(position: number) {
    this.#position = position;
  }

  /** Every live reader has been given everything up to here. */
  get position(): number {
    return this.#position;
  }

  /** Adds a reader from the next batch on. Returns an idempotent way to take it out. */
  join(reader: LiveReader, filter: StreamFilter, format: FrameFormat): () => void {
    const { threadId } = filter;
    const key = `${format.name} ${filter.key}`;
    const groups = this.#groups.get(threadId) ?? new Map<string, Group>();
    const group = groups.get(key) ?? { filter, format, readers: new Set() };
    this.#groups.set(threadId, groups.set(key, group));
    group.readers.add(reader);
    return () => {
      if (!group.readers.delete(reader) || group.readers.size > 0) return;
      groups.delete(key);
      if (groups.size === 0) this.#groups.delete(threadId);
    };
  }

  /** Gives events just appended to every reader: each batch once, in order. */
  deliver(events: readonly StoredEvent[]): void {
    for (const [threadId, batch] of this.#byThread(events)) {
      for (const { filter, format, readers } of this.#groups.get(threadId)!.values()) {
        const chunks = toChunks(batch, this.#position, filter, format);
        if (chunks.length === 0) continue;
        for (const reader of readers) reader.take(chunks);
      }
    }
    this.#position = events.at(-1)?.seq ?? this.#position;
  }

  // What each thread's groups have to look at.
  #byThread(events: readonly StoredEvent[]): Map<string | null, readonly StoredEvent[]> {
    const batches = new Map<string | null, StoredEvent[]>();
    const add = (threadId: string | null, event: StoredEvent) => {
      const batch = batches.get(threadId);
      if (batch !== undefined) batch.push(event);
      else if (this.#groups.has(threadId)) batches.set(threadId, [event]);
    };
    for (const event of events) {
      const { threadId, type } = event;
      if (threadId === null && isBroadcastType(type)) {
        for (const id of this.#groups.keys()) add(id, event);
      } else {
        add(null, event);
        if (threadId !== null) add(threadId, event);
      }
    }
    return batches;
  }
}
