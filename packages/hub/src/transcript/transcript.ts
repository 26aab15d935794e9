/**
 * The sessions' transcripts: what was said, done, asked and put in, kept as the journal tells, so that
 * they are there without asking Codex and while it is down. What Codex keeps and no hub heard (turns
 * of another client, or of a time when no hub ran) is looked up once a run, and whenever a session is
 * read whole.
 */
import type { DatabaseSync } from "node:sqlite";
import type {
  HubEventPayload,
  Operations,
  OutputOf,
  ParsedInputOf,
  TranscriptEntry,
} from "@signalbox/contract";
import { toEventName } from "@signalbox/protocol";
import { type StoredEvent, toNewEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { Journal } from "../journal/journal.ts";
import type { Log } from "../log.ts";
import type { Roster } from "../sessions/roster.ts";
import { isStorageError, transaction } from "../store/database.ts";
import { absorbTurn, type ListedTurn } from "./absorb.ts";
import { withLiveText } from "./live-text.ts";
import { isSameEntry, mergeEntry } from "./merge-entry.ts";
import { fromCursor, toCursor } from "./transcript-cursor.ts";
import { type TranscriptRow, turnTimeOf } from "./transcript-row.ts";
import type { TranscriptStore } from "./transcript-store.ts";

/** The turns Codex keeps of a thread, oldest first. */
export interface KeptTurns {
  readonly turns: readonly ListedTurn[];
  /** Whether these are all. */
  readonly whole: boolean;
}

/** What transcripts need of the hub. */
export interface TranscriptParts {
  readonly database: DatabaseSync;
  readonly store: TranscriptStore;
  readonly journal: Journal;
  readonly events: EventLog;
  readonly roster: Roster;
  /** Asks Codex for a thread's turns; undefined while it is away. */
  readonly readTurns: (threadId: string, signal?: AbortSignal) => Promise<KeptTurns | undefined>;
  readonly log: Log;
}

type List = Operations["sessions.transcript.list"];
type Upsert = Operations["sessions.transcript.upsert"];

const turnCompleted = toEventName("turn/completed");

/** Threads of which it is remembered that they were looked up, at most. */
const maxLookedUp = 10_000;

/** Reads and fills transcripts. */
export class Transcript {
  readonly #parts: TranscriptParts;
  readonly #lookedUp = new Set<string>();
  #settling: Promise<void> = Promise.resolve();

  constructor(parts: TranscriptParts) {
    this.#parts = parts;
  }

  /** One page. Throws `session_deleted`, `session_not_found`, `invalid_cursor`. */
  async list(input: ParsedInputOf<List>, signal?: AbortSignal): Promise<OutputOf<List>> {
    const { sessionId, after, before, limit, order } = input;
    const { store, journal, roster } = this.#parts;
    roster.find(sessionId);
    const find = (turnId: string, messageId: string) =>
      store.get(sessionId, turnId, messageId)?.place;
    const readPage = () => {
      const between = { after: fromCursor(after, find), before: fromCursor(before, find) };
      return store.page(sessionId, { ...between, order, limit: limit + 1 });
    };
    // A cursor that is none is refused before anything is asked of Codex.
    readPage();
    await this.#lookUp(sessionId, signal);
    const rows = readPage();
    const page = await withLiveText(journal, sessionId, rows.slice(0, limit));
    const last = page.at(-1);
    const cursor = last === undefined ? null : toCursor(last);
    return {
      sessionId,
      data: page.map(({ entry }) => entry),
      nextCursor: rows.length > limit ? cursor : null,
      cursor,
    };
  }

  /** The whole transcript, oldest first, with what Codex keeps of it where that is known. */
  async read(sessionId: string, kept: KeptTurns | undefined): Promise<TranscriptEntry[]> {
    const { store, journal } = this.#parts;
    if (kept !== undefined) this.#absorb(sessionId, kept);
    const rows = await withLiveText(journal, sessionId, store.all(sessionId));
    return rows.map(({ entry }) => entry);
  }

  /** The last whole thing the agent said in a turn; null when it said nothing. */
  async replyOf(threadId: string, turnId: string, signal?: AbortSignal): Promise<string | null> {
    await this.#lookUp(threadId, signal);
    const { store, journal } = this.#parts;
    const rows = await withLiveText(journal, threadId, store.ofTurn(threadId, turnId));
    const said = rows.findLast(
      ({ entry }) =>
        entry.role === "assistant" && entry.status === "complete" && entry.content.trim() !== "",
    );
    return said?.entry.content ?? null;
  }

  /**
   * Puts an entry in, or goes on with one; gives it as it is then. What it says already is no change.
   * Throws `session_deleted`, `session_attached`, `session_not_found`.
   */
  async upsert(input: ParsedInputOf<Upsert>): Promise<OutputOf<Upsert>> {
    const { sessionId, ...account } = input;
    const { store, events, roster } = this.#parts;
    const given = toEntry(account);
    let entry = given;
    await events.append(() => {
      roster.writable(sessionId, { asSystem: true });
      const known = store.get(sessionId, given.turnId, given.messageId)?.entry;
      entry = mergeEntry(known, given);
      if (known !== undefined && isSameEntry(known, entry)) return [];
      const payload: HubEventPayload<"transcript.upserted"> = { sessionId, entry };
      return [toNewEvent("transcript.upserted", sessionId, payload, Date.now())];
    });
    return { status: "ok", sessionId, entry };
  }

  /** Where turns ended, gives entries that did not complete the text of their deltas, before those may go. */
  settleAfter(events: readonly StoredEvent[]): void {
    for (const { type, threadId } of events) {
      if (type === turnCompleted && threadId !== null) this.#settle(threadId);
    }
  }

  /** Settles what an earlier run left. */
  settleAll(): void {
    for (const threadId of this.#parts.store.unsettledThreads()) this.#settle(threadId);
  }

  /** Resolves when what was to be settled so far is. */
  settled(): Promise<void> {
    return this.#settling;
  }

  #settle(threadId: string): void {
    this.#settling = this.#settling
      .then(() => this.#keepTexts(threadId))
      .catch((err: unknown) => {
        this.#parts.log.warn({ err, threadId }, "Texts stay in the journal until the next start");
      });
  }

  async #keepTexts(threadId: string): Promise<void> {
    const { store, journal, database } = this.#parts;
    const ended = store.unsettled(threadId);
    if (ended.length === 0) return;
    const rows = await withLiveText(journal, threadId, ended);
    transaction(database, () => {
      for (const row of rows) {
        // Meanwhile the item may have completed all the same, and have its text.
        const now = store.get(threadId, row.entry.turnId, row.entry.messageId);
        if (now === undefined || now.partialSince !== row.partialSince) continue;
        store.write(threadId, { ...row, place: now.place, partialSince: null });
      }
    });
  }

  async #lookUp(threadId: string, signal: AbortSignal | undefined): Promise<void> {
    const { store, readTurns, log } = this.#parts;
    const isKnown = this.#lookedUp.has(threadId) && store.revertedAt(threadId) === undefined;
    if (isKnown && !this.#isWrittenElsewhere(threadId)) return;
    try {
      const kept = await readTurns(threadId, signal);
      if (kept !== undefined) this.#absorb(threadId, kept);
    } catch (err) {
      if (signal?.aborted === true) throw err;
      log.warn(
        { err, threadId },
        "Codex did not give a thread's turns; its transcript is what the hub heard",
      );
    }
  }

  /** Whether another process may write to a thread unheard. */
  #isWrittenElsewhere(threadId: string): boolean {
    const row = this.#parts.roster.sessionOf(threadId);
    return row?.authority === "attached" && row.status === "notLoaded";
  }

  #absorb(threadId: string, kept: KeptTurns): void {
    const { database, store } = this.#parts;
    const byTurn = Map.groupBy(store.all(threadId), ({ entry }) => entry.turnId);
    const changes = kept.turns.flatMap((turn) => absorbTurn(turn, byTurn.get(turn.id) ?? []));
    const gone = kept.whole ? this.#takenBack(threadId, kept, byTurn) : [];
    try {
      transaction(database, () => {
        for (const row of changes) store.write(threadId, row);
        for (const turnId of gone) store.deleteTurn(threadId, turnId);
        if (kept.whole) store.settleReverted(threadId);
      });
    } catch (error) {
      // What can't be kept now is looked up again.
      if (!isStorageError(error)) throw error;
      return;
    }
    if (this.#lookedUp.size >= maxLookedUp) this.#lookedUp.clear();
    this.#lookedUp.add(threadId);
  }

  // Codex's own turns from before it took some back, which it does not list any more.
  #takenBack(
    threadId: string,
    { turns }: KeptTurns,
    byTurn: ReadonlyMap<string, readonly TranscriptRow[]>,
  ): string[] {
    const at = this.#parts.store.revertedAt(threadId);
    if (at === undefined) return [];
    const listed = new Set(turns.map(({ id }) => id));
    return [...byTurn.keys()].filter((id) => {
      const begun = turnTimeOf(id, Number.POSITIVE_INFINITY);
      return begun <= at && !listed.has(id);
    });
  }
}

function toEntry({
  details,
  startedAt,
  completedAt,
  ...entry
}: Omit<ParsedInputOf<Upsert>, "sessionId">): TranscriptEntry {
  return {
    ...entry,
    ...(details === undefined ? {} : { details }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
  };
}
