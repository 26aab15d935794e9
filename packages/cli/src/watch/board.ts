/** What `signalbox watch` knows: sessions with what runs in them, and the questions that are open. */

import type { RequestRecord, SessionSummary } from "@signalbox/contract";
import type { SignalboxError, StreamEvent } from "@signalbox/sdk";
import { describeItem } from "./describe-item.ts";

/** A session, as it is shown. */
export interface WatchedSession {
  readonly sessionId: string;
  /** Its handle, else its title, else the end of its id. */
  readonly name: string;
  /** Codex's thread status. */
  readonly status: string;
  /** What runs now, or how the last turn ended; empty when nobody spoke in it. */
  readonly doing: string;
  /** Since when it is in this state, in epoch milliseconds; null where that is not known. */
  readonly since: number | null;
  /** The end of what was said last; empty for nothing. */
  readonly lastWords: string;
}

/** Sessions that are kept, at most; those that rest longest go first. */
export const sessionLimit = 500;
/** Characters of the last words that are kept. */
const wordsLimit = 400;

/** Everything that is shown. It changes by `apply` and the setters, each of which counts `version` up. */
export class Board {
  readonly #sessions = new Map<string, WatchedSession>();
  readonly #requests = new Map<string, RequestRecord>();
  /** The sessions that are watched; undefined for all. */
  readonly only: ReadonlySet<string> | undefined;
  #version = 0;

  /** Of these sessions only; default, and where there are none: of all. */
  constructor(only: readonly string[] = []) {
    this.only = only.length === 0 ? undefined : new Set(only);
  }

  /** Counts changes. */
  get version(): number {
    return this.#version;
  }

  /** Those that wait for an answer first, then those that work, then the others, the newest first. */
  get sessions(): readonly WatchedSession[] {
    const asking = new Set([...this.#requests.values()].map(({ threadId }) => threadId));
    const rank = ({ sessionId, status }: WatchedSession) =>
      asking.has(sessionId) ? 0 : status === "active" ? 1 : 2;
    return [...this.#sessions.values()].sort(
      (a, b) => rank(a) - rank(b) || (b.since ?? 0) - (a.since ?? 0),
    );
  }

  /** Those whose deadline is nearest first, those that other clients answer last. */
  get requests(): readonly RequestRecord[] {
    return [...this.#requests.values()].sort((a, b) => untilOf(a) - untilOf(b));
  }

  /** The name of a session, for questions and lines. */
  nameOf(threadId: string | null): string {
    if (threadId === null) return "";
    return this.#sessions.get(threadId)?.name ?? shortId(threadId);
  }

  /** Whether a session is among those that are watched. */
  isWatched(threadId: string | null): boolean {
    return this.only === undefined || (threadId !== null && this.only.has(threadId));
  }

  /** Forgets everything, since what follows was read anew. */
  clear(): void {
    this.#sessions.clear();
    this.#requests.clear();
    this.#version += 1;
  }

  /** A session as the hub has it. What is known of its turn stays. */
  putSession(session: SessionSummary): void {
    if (!this.isWatched(session.sessionId) || session.archived || session.systemOwned) return;
    const before = this.#sessions.get(session.sessionId);
    this.#put({
      sessionId: session.sessionId,
      name: session.handle ?? (session.title || shortId(session.sessionId)),
      status: session.status,
      doing: before?.doing ?? (session.status === "active" ? "working" : ""),
      since: before?.since ?? turnTime(session.activeTurnId) ?? session.updatedAt * 1_000,
      lastWords: before?.lastWords ?? session.preview,
    });
  }

  /** What was said last in a session. */
  setLastWords(sessionId: string, words: string): void {
    this.#change(sessionId, { lastWords: tailOf(words) });
  }

  /** A question that is open. */
  putRequest(request: RequestRecord): void {
    if (!this.isWatched(request.threadId) || request.state !== "pending") return;
    this.#requests.set(request.requestId, request);
    this.#version += 1;
  }

  /** A question that is not open any more. */
  removeRequest(requestId: string): void {
    if (this.#requests.delete(requestId)) this.#version += 1;
  }

  /** What an event tells. */
  apply({ type, threadId, payload, at }: StreamEvent): void {
    if (type === "session.deleted")
      return this.#remove((payload as { sessionId: string }).sessionId);
    if (type === "request.resolved") {
      return this.removeRequest((payload as { requestId: string }).requestId);
    }
    if (threadId === null || !this.isWatched(threadId)) return;
    if (type === "session.archived") return this.#remove(threadId);
    if (type.startsWith("session.")) {
      const { session } = payload as { session?: SessionSummary };
      if (session !== undefined) this.putSession(session);
      return;
    }
    if (!type.startsWith("app_server.") || type.startsWith("app_server.request.")) return;
    const change = changeBy(type, paramsOf(payload), at, this.#sessions.get(threadId));
    if (change !== undefined) this.#change(threadId, change);
  }

  #change(sessionId: string, change: Partial<WatchedSession>): void {
    const before = this.#sessions.get(sessionId);
    if (before !== undefined) this.#put({ ...before, ...change });
  }

  #put(session: WatchedSession): void {
    // Taken out first, so that the map's order tells who rests longest.
    this.#sessions.delete(session.sessionId);
    this.#sessions.set(session.sessionId, session);
    this.#version += 1;
    if (this.#sessions.size <= sessionLimit) return;
    for (const { sessionId, status } of this.#sessions.values()) {
      if (status === "active") continue;
      this.#sessions.delete(sessionId);
      return;
    }
    this.#sessions.delete(this.#sessions.keys().next().value!);
  }

  #remove(sessionId: string): void {
    if (this.#sessions.delete(sessionId)) this.#version += 1;
  }
}

type Params = Readonly<Record<string, unknown>>;

function changeBy(
  type: string,
  params: Params,
  at: number,
  before: WatchedSession | undefined,
): Partial<WatchedSession> | undefined {
  switch (type) {
    case "app_server.turn.started":
      return { status: "active", doing: "thinking", since: at };
    case "app_server.turn.completed":
      return { status: "idle", doing: outcomeOf(params), since: at };
    case "app_server.item.started":
      return { doing: describeItem(params.item) };
    case "app_server.item.completed": {
      const { type: kind, text } = params.item as { type?: unknown; text?: unknown };
      return kind === "agentMessage" && typeof text === "string"
        ? { lastWords: tailOf(text), doing: "thinking" }
        : { doing: "thinking" };
    }
    case "app_server.item.agent_message.delta": {
      const said = before?.doing === "writing" ? before.lastWords : "";
      return { doing: "writing", lastWords: tailOf(said + String(params.delta ?? "")) };
    }
    case "app_server.thread.status.changed": {
      const { type: status } = params.status as { type?: unknown };
      return typeof status === "string" ? { status } : undefined;
    }
    default:
      return undefined;
  }
}

function outcomeOf({ turn }: Params): string {
  const { status, error } = turn as { status?: unknown; error?: { message?: unknown } | null };
  if (status === "completed") return "done";
  const why = typeof error?.message === "string" ? `: ${error.message}` : "";
  return `${String(status)}${why}`;
}

function paramsOf(payload: unknown): Params {
  return ((payload as { params?: unknown }).params ?? {}) as Params;
}

function untilOf({ deadlineAt }: RequestRecord): number {
  return deadlineAt ?? Number.MAX_SAFE_INTEGER;
}

function tailOf(text: string): string {
  return text.length > wordsLimit ? text.slice(-wordsLimit) : text;
}

function shortId(id: string): string {
  return id.slice(-8);
}

/** When a turn began: its id is a UUID of version 7, which begins with the time. */
function turnTime(turnId: string | null): number | undefined {
  const hex = turnId?.replaceAll("-", "").slice(0, 12) ?? "";
  return /^[0-9a-f]{12}$/.test(hex) ? Number.parseInt(hex, 16) : undefined;
}

/** Whether an error says that what was asked for is gone. */
export function isGone({ code }: SignalboxError): boolean {
  return code === "session_not_found" || code === "session_deleted" || code === "request_not_found";
}
