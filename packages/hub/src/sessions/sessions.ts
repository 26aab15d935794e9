/**
 * Sessions: Codex threads, under the same id, with what the hub keeps of them. What codex says goes
 * before what the hub remembers.
 */
import {
  type HubEventPayload,
  isSignalboxError,
  type Operations,
  type OutputOf,
  type ParsedInputOf,
  SignalboxError,
} from "@signalbox/contract";
import type { Thread, Turn } from "@signalbox/protocol";
import { toNewEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { Log } from "../log.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { SignalContext } from "../runtime/signal.ts";
import { toControls, toSandboxPolicy } from "./controls.ts";
import type { SessionStore, Tool } from "./session-store.ts";
import { startTurn } from "./start-turn.ts";
import { newTitle, toSummary } from "./summary.ts";
import { type TranscriptItem, toTranscript } from "./transcript.ts";
import { TurnTracker } from "./turn-tracker.ts";

/** What sessions need of the hub. */
export interface SessionsParts {
  readonly runtime: Runtime;
  readonly store: SessionStore;
  readonly events: EventLog;
  readonly log: Log;
}

type Create = Operations["sessions.create"];
type List = Operations["sessions.list"];
type Get = Operations["sessions.get"];
type SendMessage = Operations["sessions.send_message"];
type Interrupt = Operations["sessions.interrupt"];

/** Sessions nobody has spoken in are not in codex's list; of the hub's, this many are looked at. */
const unspokenLookedAt = 50;
/** Turns read at once. */
const turnsPage = 100;
/** Turns of one transcript, at most: the newest. */
const maxTurns = 2000;

/** The sessions. */
export class Sessions implements SignalContext {
  /** Which turn runs where. */
  readonly turns = new TurnTracker();
  readonly #parts: SessionsParts;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  activeTurnOf(threadId: string): string | undefined {
    return this.turns.activeTurnOf(threadId);
  }

  titleOf(threadId: string): string | null {
    return this.#parts.store.get(threadId)?.title ?? null;
  }

  async create(input: ParsedInputOf<Create>): Promise<OutputOf<Create>> {
    const { runtime, store, events } = this.#parts;
    const tools = input.dynamicTools ?? [];
    const started = await runtime.request("thread/start", {
      cwd: input.cwd ?? null,
      model: input.model ?? null,
      approvalPolicy: input.approvalPolicy ?? null,
      sandbox: input.filesystemSandbox ?? null,
      dynamicTools: tools.map((tool) => ({ type: "function" as const, ...toSpec(tool) })),
    });
    const { thread } = started;
    let controls = toControls(started, {});
    const { networkAccess } = input;
    if (networkAccess !== undefined && networkAccess !== controls.networkAccess) {
      const sandboxPolicy = toSandboxPolicy({ networkAccess }, controls)!;
      await runtime.request("thread/settings/update", { threadId: thread.id, sandboxPolicy });
      controls = toControls({ ...started, sandbox: sandboxPolicy }, {});
    }
    store.add({ id: thread.id, title: newTitle, controls, tools, createdAt: Date.now() });
    await this.#setName(thread.id, newTitle);
    const session = this.#summaryOf(thread);
    const payload: HubEventPayload<"session.created"> = { session };
    await events.append([toNewEvent("session.created", thread.id, payload, Date.now())]);
    return { session, thread: { ...thread, name: newTitle } };
  }

  async list(input: ParsedInputOf<List>, signal?: AbortSignal): Promise<OutputOf<List>> {
    const archived = input.archived ?? false;
    const page = await this.#parts.runtime.request(
      "thread/list",
      { archived, cursor: input.cursor ?? null, limit: input.limit, sortKey: "updated_at" },
      { signal },
    );
    const threads = [...page.data];
    if (!archived && input.cursor === undefined) {
      threads.push(...(await this.#unspoken(new Set(threads.map(({ id }) => id)), signal)));
      threads.sort((a, b) => b.updatedAt - a.updatedAt || b.createdAt - a.createdAt);
    }
    return {
      data: threads.map((thread) => this.#summaryOf(thread)),
      nextCursor: page.nextCursor,
      archived,
    };
  }

  async get(sessionId: string, signal?: AbortSignal): Promise<OutputOf<Get>> {
    const found = await this.#read(sessionId, signal);
    const thread = { ...found, turns: await this.#readTurns(sessionId, signal) };
    const transcript = toTranscript(
      thread.turns.map((turn) => ({ ...turn, items: turn.items as readonly TranscriptItem[] })),
    );
    return { session: this.#summaryOf(thread), thread, transcript };
  }

  async sendMessage(input: ParsedInputOf<SendMessage>): Promise<OutputOf<SendMessage>> {
    const { sessionId } = input;
    const row = this.#parts.store.get(sessionId);
    this.#refuseOtherTools(sessionId, input.dynamicTools, row?.tools ?? []);
    const reservation = this.turns.reserve(sessionId);
    if (reservation === undefined) throw this.#busy(sessionId);
    try {
      const turnId = await startTurn(this.#parts.runtime, row, input);
      reservation.accept(turnId);
      return { status: "accepted", sessionId, turnId };
    } catch (error) {
      throw withSession(error, sessionId);
    } finally {
      reservation.release();
    }
  }

  async interrupt(input: ParsedInputOf<Interrupt>): Promise<OutputOf<Interrupt>> {
    const { sessionId } = input;
    const turnId = input.turnId ?? this.turns.activeTurnOf(sessionId);
    if (turnId === undefined) {
      await this.#read(sessionId);
      throw noActiveTurn(sessionId);
    }
    try {
      await this.#parts.runtime.request("turn/interrupt", { threadId: sessionId, turnId });
    } catch (error) {
      // Codex does not know a thread that is not loaded; one that is stored exists all the same.
      if (hasCode(error, "session_not_found")) {
        await this.#read(sessionId);
        throw noActiveTurn(sessionId);
      }
      throw withSession(error, sessionId);
    }
    return { status: "ok", sessionId, turnId };
  }

  #summaryOf(thread: Thread) {
    return toSummary(thread, this.#parts.store.get(thread.id), this.turns.activeTurnOf(thread.id));
  }

  async #read(sessionId: string, signal?: AbortSignal): Promise<Thread> {
    try {
      const { thread } = await this.#parts.runtime.request(
        "thread/read",
        { threadId: sessionId },
        { signal },
      );
      return thread;
    } catch (error) {
      throw withSession(error, sessionId);
    }
  }

  async #readTurns(threadId: string, signal: AbortSignal | undefined): Promise<Turn[]> {
    const turns: Turn[] = [];
    let cursor: string | null = null;
    do {
      const page: { data: Turn[]; nextCursor: string | null } = await this.#parts.runtime.request(
        "thread/turns/list",
        { threadId, cursor, limit: turnsPage, sortDirection: "desc", itemsView: "full" },
        { signal },
      );
      turns.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null && turns.length < maxTurns);
    return turns.reverse();
  }

  /** Sessions that codex holds or stores and does not list, since nobody has spoken in them. */
  async #unspoken(listed: ReadonlySet<string>, signal: AbortSignal | undefined): Promise<Thread[]> {
    const { runtime, store } = this.#parts;
    const loaded = await runtime.request("thread/loaded/list", {}, { signal });
    const ids = new Set([...loaded.data, ...store.newest(unspokenLookedAt)]);
    const threads = await Promise.all(
      [...ids]
        .filter((id) => !listed.has(id))
        .map((id) => this.#read(id, signal).catch(() => undefined)),
    );
    return threads.filter((thread) => thread !== undefined).filter(({ preview }) => preview === "");
  }

  async #setName(threadId: string, name: string): Promise<void> {
    try {
      await this.#parts.runtime.request("thread/name/set", { threadId, name });
    } catch (error) {
      // The hub's own title is kept all the same.
      this.#parts.log.warn({ err: error, threadId }, "Codex did not take a session's title");
    }
  }

  #refuseOtherTools(sessionId: string, given: readonly Tool[] | undefined, own: readonly Tool[]) {
    if (given === undefined || given.length === 0) return;
    if (JSON.stringify(given.map(toSpec)) === JSON.stringify(own.map(toSpec))) return;
    throw new SignalboxError(
      "catalog_fixed",
      "A session's tools are fixed when it is created. Leave dynamicTools out, or create another session.",
      { details: { sessionId, tools: own.map(({ name }) => name) } },
    );
  }

  #busy(sessionId: string): SignalboxError {
    const turnId = this.turns.activeTurnOf(sessionId) ?? null;
    return new SignalboxError(
      "session_busy",
      "A turn runs in this session. Wait for app_server.turn.completed, or interrupt it.",
      { details: { sessionId, turnId } },
    );
  }
}

/** A tool's fields in one order, so that equal tools are equal texts. */
function toSpec({ name, description, inputSchema }: Tool) {
  return { name, description, inputSchema: inputSchema as Record<string, never> };
}

function noActiveTurn(sessionId: string): SignalboxError {
  return new SignalboxError("no_active_turn", "No turn runs in this session.", {
    details: { sessionId },
  });
}

function hasCode(error: unknown, code: string): boolean {
  return isSignalboxError(error) && error.code === code;
}

/** Puts the session into an error's details, and says what was not found in the caller's words. */
function withSession(error: unknown, sessionId: string): unknown {
  if (!isSignalboxError(error)) return error;
  const message = hasCode(error, "session_not_found")
    ? `There is no session ${sessionId}.`
    : error.message;
  return new SignalboxError(error.code, message, {
    cause: error,
    details: { ...error.details, sessionId },
  });
}
