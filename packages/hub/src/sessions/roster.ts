/**
 * All sessions the hub keeps: who they are, what may be done to them, and the one way they change.
 * A change is an event first; the rows follow from the journal.
 */
import type { HubEventPayload, SessionSummary, SignalboxError } from "@signalbox/contract";
import type { NotificationParams } from "@signalbox/protocol";
import { type NewEvent, toNewEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { AppServerMessage, SignalContext } from "../runtime/signal.ts";
import { toPage } from "../store/page.ts";
import { refuseTaken } from "./handles.ts";
import { type Opened, toStanding } from "./loaded-threads.ts";
import { toNewSession } from "./new-session.ts";
import {
  sessionAttached,
  sessionDeleted,
  sessionNotFound,
  systemSession,
} from "./session-errors.ts";
import {
  archived,
  type ChangedBy,
  deleted,
  detached,
  type SessionUpdate,
  updated,
  withFacts,
} from "./session-facts.ts";
import type { SessionRow } from "./session-row.ts";
import type { ListedSession, ListPlace, SessionStore } from "./session-store.ts";
import type { Standings } from "./standings.ts";
import { toSummary } from "./summary.ts";
import type { TurnTracker } from "./turn-tracker.ts";

/** How a session is to be written to. */
export interface WriteAccess {
  /** The caller acts for the hub itself, so sessions of its own are open to it. */
  readonly asSystem?: boolean | undefined;
  /** Whether this may be done to another client's session. */
  readonly evenAttached?: boolean;
}

/** Which page of the list. */
export interface ListRequest {
  readonly archived?: boolean | undefined;
  readonly includeSystemOwned?: boolean | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** How codex is told, and tells, that a thread is the hub's own. */
export const systemThreadSource = "signalbox_system";

/** The sessions. */
export class Roster implements SignalContext {
  readonly #store: SessionStore;
  readonly #events: EventLog;
  readonly #turns: TurnTracker;
  readonly #standings: Standings;
  /** Threads that are being adopted, each as often as it is. */
  readonly #adopting: string[] = [];

  constructor(store: SessionStore, events: EventLog, turns: TurnTracker, standings: Standings) {
    this.#standings = standings;
    this.#store = store;
    this.#events = events;
    this.#turns = turns;
  }

  /** A session that can be read. Throws `session_deleted` or `session_not_found`. */
  find(id: string): SessionRow {
    const row = this.#store.get(id);
    if (row === undefined) throw this.unknown(id);
    if (row.deletedAt !== null) throw sessionDeleted(row, row.deletedAt);
    return row;
  }

  /**
   * A session that may be written to. Throws, in this order, `session_deleted`, `session_attached`,
   * `system_session`, `session_not_found`.
   */
  writable(id: string, { asSystem = false, evenAttached = false }: WriteAccess = {}): SessionRow {
    const row = this.find(id);
    if (row.authority === "attached" && !evenAttached) throw sessionAttached(id);
    if (row.systemOwned && !asSystem) throw systemSession(id);
    return row;
  }

  /** `session_not_found`, with the sessions that may have been meant. */
  unknown(given: string): SignalboxError {
    return sessionNotFound(given, this.#store.names);
  }

  /** Whether the hub keeps this session, or kept it until it was deleted. */
  isKept(id: string): boolean {
    return this.#store.get(id) !== undefined;
  }

  /** Whether a thread was deleted, so that nothing it still says is wanted. */
  isDeleted(id: string): boolean {
    return (this.#store.get(id)?.deletedAt ?? null) !== null;
  }

  /** Whether a thread was let go of, so that nothing it still says is the hub's concern. */
  isLetGo(id: string): boolean {
    return this.#store.isLetGo(id) && !this.#adopting.includes(id);
  }

  /**
   * Until it is disposed of a thread counts as the hub's own, though it is no session yet: codex may
   * ask in it before `add` keeps it.
   */
  adopting(threadId: string): Disposable {
    this.#adopting.push(threadId);
    return {
      [Symbol.dispose]: () => {
        this.#adopting.splice(this.#adopting.indexOf(threadId), 1);
      },
    };
  }

  activeTurnOf(threadId: string): string | undefined {
    return this.#turns.activeTurnOf(threadId);
  }

  sessionOf(threadId: string): SessionRow | undefined {
    return this.#store.get(threadId);
  }

  /**
   * Follows what codex says before it becomes an event: the turns, and threads that were begun for the
   * hub itself, which must be hidden from their first event on, before the answer that names them.
   */
  observe(message: AppServerMessage): void {
    this.#turns.observe(message);
    if (message.method !== "thread/started") return;
    const { thread } = message.params as NotificationParams<"thread/started">;
    if (thread.threadSource === systemThreadSource) this.#store.hide(thread.id);
  }

  /** No turn runs and no thread is loaded any more, since the process that held them is gone. */
  forgetLoaded(): void {
    this.#turns.clear();
    this.#standings.clear();
  }

  /**
   * What codex told, with the hub's own events on what it changes, and without what it still says of
   * deleted sessions. For `EventLog.append`.
   */
  withFacts(batch: readonly NewEvent[]): readonly NewEvent[] {
    return withFacts(batch, {
      row: (id) => this.#store.get(id),
      isOfOneTurn: (id, settings) => this.#standings.isOfOneTurn(id, settings),
    });
  }

  /** How a session is shown. */
  summaryOf(row: ListedSession): SessionSummary {
    return toSummary(row, this.#turns.activeTurnOf(row.id) ?? row.activeTurnId);
  }

  /** One page, the most recently changed first. */
  list(request: ListRequest): { data: SessionSummary[]; nextCursor: string | null } {
    const { archived: isArchived = false, includeSystemOwned = false, cursor, limit } = request;
    const after = cursor === undefined ? undefined : parsePlace(cursor);
    const read = this.#store.list({
      archived: isArchived,
      includeSystemOwned,
      after,
      limit: limit + 1,
    });
    const { rows, nextCursor } = toPage(read, limit, (last) => `${last.updatedAt}:${last.id}`);
    return { data: rows.map((row) => this.summaryOf(row)), nextCursor };
  }

  /**
   * Keeps a new session, and tells of it, unless it is kept already. Gives what is kept. Throws
   * `handle_taken`; then nothing happened.
   */
  async add(row: SessionRow): Promise<SessionSummary> {
    await this.#events.append(() => this.#created(row, Date.now()));
    return this.summaryOf(this.find(row.id));
  }

  /** Keeps a thread that others began as an attached session; gives the event of it, none when it is kept already. */
  attach(opened: Opened, at: number): NewEvent[] {
    const { id } = opened.thread;
    if (this.isLetGo(id) || this.#adopting.includes(id)) return [];
    this.#standings.note(id, toStanding(opened));
    return this.#created({ ...toNewSession(opened, {}), authority: "attached" }, at);
  }

  /** Watches a session of another client's no more, and forgets it. */
  async detach(id: string): Promise<void> {
    await this.#events.append(() => {
      const row = this.#store.get(id);
      return row?.authority === "attached" && row.deletedAt === null
        ? detached(row, Date.now())
        : [];
    });
  }

  /**
   * Changes a session and tells of it, unless nothing differs. Gives it as it is then. An update that
   * depends on what the session is goes as a function, which may throw: then nothing happened. Throws
   * `handle_taken`.
   */
  update(
    id: string,
    update: SessionUpdate | ((row: SessionRow) => SessionUpdate),
    by?: ChangedBy,
  ): Promise<SessionRow> {
    return this.#change(id, (row, at) => {
      const changes = typeof update === "function" ? update(row) : update;
      if (changes.handle != null) refuseTaken(this.#store, changes.handle, id);
      return updated(row, changes, at, by);
    });
  }

  /** Puts a session among the archived ones, or back. */
  setArchived(id: string, isArchived: boolean): Promise<SessionRow> {
    return this.#change(id, (row, at) => archived(row, isArchived, at));
  }

  /** Leaves nothing of a session but that it was. */
  bury(id: string): Promise<SessionRow> {
    return this.#change(id, deleted);
  }

  #created(row: SessionRow, at: number): NewEvent[] {
    if (this.#store.get(row.id) !== undefined) return [];
    if (row.handle !== null) refuseTaken(this.#store, row.handle, row.id);
    this.#store.add(row);
    const payload: HubEventPayload<"session.created"> = { session: this.summaryOf(row) };
    return [toNewEvent("session.created", row.id, payload, at)];
  }

  async #change(
    id: string,
    toEvents: (row: SessionRow, at: number) => NewEvent[],
  ): Promise<SessionRow> {
    await this.#events.append(() => {
      const row = this.#store.get(id);
      return row === undefined || row.deletedAt !== null ? [] : toEvents(row, Date.now());
    });
    return this.#store.get(id) ?? this.find(id);
  }
}

function parsePlace(cursor: string): ListPlace {
  const colon = cursor.indexOf(":");
  return { updatedAt: Number(cursor.slice(0, colon)), id: cursor.slice(colon + 1) };
}
