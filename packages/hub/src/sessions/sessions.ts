/**
 * Sessions: Codex threads, under the same id, with what the hub keeps of them. What codex says goes
 * before what the hub remembers.
 */
import {
  type HubEventPayload,
  type Operations,
  type OutputOf,
  type ParsedInputOf,
  type SessionSummary,
  SignalboxError,
} from "@signalbox/contract";
import type { DynamicToolSpec, Thread } from "@signalbox/protocol";
import { toNewEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { Log } from "../log.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { SignalContext } from "../runtime/signal.ts";
import { type Controls, toControls, toSandboxPolicy } from "./controls.ts";
import { hasCode, noActiveTurn, sessionBusy, withSession } from "./session-errors.ts";
import type { SessionStore, Tool } from "./session-store.ts";
import { startTurn } from "./start-turn.ts";
import { newTitle, toSummary } from "./summary.ts";
import { Threads } from "./threads.ts";
import { toToolCatalog } from "./tool-catalog.ts";
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
type ToolsGet = Operations["sessions.tools.get"];

/** The sessions. */
export class Sessions implements SignalContext {
  /** Which turn runs where. */
  readonly turns = new TurnTracker();
  readonly #parts: SessionsParts;
  readonly #threads: Threads;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
    this.#threads = new Threads(parts.runtime, parts.store);
  }

  activeTurnOf(threadId: string): string | undefined {
    return this.turns.activeTurnOf(threadId);
  }

  titleOf(threadId: string): string | null {
    return this.#parts.store.get(threadId)?.title ?? null;
  }

  async create(input: ParsedInputOf<Create>): Promise<OutputOf<Create>> {
    const tools = input.dynamicTools ?? [];
    const { thread, controls } = await this.#start(input, tools);
    this.#parts.store.add({
      id: thread.id,
      title: newTitle,
      controls,
      tools,
      createdAt: Date.now(),
    });
    await this.#setName(thread.id, newTitle);
    const session = this.#summaryOf(thread);
    const payload: HubEventPayload<"session.created"> = { session };
    const created = toNewEvent("session.created", thread.id, payload, Date.now());
    await this.#parts.events.append([created]);
    return { session, thread: { ...thread, name: newTitle } };
  }

  async list(input: ParsedInputOf<List>, signal?: AbortSignal): Promise<OutputOf<List>> {
    const { threads, nextCursor } = await this.#threads.list(input, signal);
    const data = threads.map((thread) => this.#summaryOf(thread));
    return { data, nextCursor, archived: input.archived ?? false };
  }

  async get(sessionId: string, signal?: AbortSignal): Promise<OutputOf<Get>> {
    const found = await this.#threads.read(sessionId, signal);
    const thread = { ...found, turns: await this.#threads.readTurns(sessionId, signal) };
    const transcript = toTranscript(
      thread.turns.map((turn) => ({ ...turn, items: turn.items as readonly TranscriptItem[] })),
    );
    return { session: this.#summaryOf(thread), thread, transcript };
  }

  /** The tools a session was created with; none for a thread the hub did not start. */
  async tools(sessionId: string): Promise<OutputOf<ToolsGet>> {
    const row = this.#parts.store.get(sessionId);
    if (row === undefined) await this.#threads.read(sessionId);
    return toToolCatalog(sessionId, row?.tools ?? []);
  }

  async sendMessage(input: ParsedInputOf<SendMessage>): Promise<OutputOf<SendMessage>> {
    const { sessionId } = input;
    const row = this.#parts.store.get(sessionId);
    refuseOtherTools(sessionId, input.dynamicTools, row?.tools ?? []);
    const reservation = this.turns.reserve(sessionId);
    if (reservation === undefined) {
      throw sessionBusy(sessionId, this.turns.activeTurnOf(sessionId));
    }
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
      await this.#threads.read(sessionId);
      throw noActiveTurn(sessionId);
    }
    try {
      await this.#parts.runtime.request("turn/interrupt", { threadId: sessionId, turnId });
    } catch (error) {
      // Codex does not know a thread that is not loaded; one that is stored exists all the same.
      if (hasCode(error, "session_not_found")) {
        await this.#threads.read(sessionId);
        throw noActiveTurn(sessionId);
      }
      throw withSession(error, sessionId);
    }
    return { status: "ok", sessionId, turnId };
  }

  async #start(
    input: ParsedInputOf<Create>,
    tools: readonly Tool[],
  ): Promise<{ thread: Thread; controls: Controls }> {
    const { runtime } = this.#parts;
    const started = await runtime.request("thread/start", {
      cwd: input.cwd ?? null,
      model: input.model ?? null,
      approvalPolicy: input.approvalPolicy ?? null,
      sandbox: input.filesystemSandbox ?? null,
      dynamicTools: tools.map(toSpec),
    });
    const { thread } = started;
    const controls = toControls(started, {});
    const { networkAccess } = input;
    if (networkAccess === undefined || networkAccess === controls.networkAccess) {
      return { thread, controls };
    }
    // A start can't say it.
    const sandboxPolicy = toSandboxPolicy({ networkAccess }, controls)!;
    await runtime.request("thread/settings/update", { threadId: thread.id, sandboxPolicy });
    return { thread, controls: toControls({ ...started, sandbox: sandboxPolicy }, {}) };
  }

  #summaryOf(thread: Thread): SessionSummary {
    return toSummary(thread, this.#parts.store.get(thread.id), this.turns.activeTurnOf(thread.id));
  }

  async #setName(threadId: string, name: string): Promise<void> {
    try {
      await this.#parts.runtime.request("thread/name/set", { threadId, name });
    } catch (error) {
      // The hub's own title is kept all the same.
      this.#parts.log.warn({ err: error, threadId }, "Codex did not take a session's title");
    }
  }
}

function refuseOtherTools(
  sessionId: string,
  given: readonly Tool[] | undefined,
  own: readonly Tool[],
): void {
  if (given === undefined || given.length === 0) return;
  if (JSON.stringify(given.map(toSpec)) === JSON.stringify(own.map(toSpec))) return;
  throw new SignalboxError(
    "catalog_fixed",
    "A session's tools are fixed when it is created. Leave dynamicTools out, or create another session.",
    { details: { sessionId, tools: own.map(({ name }) => name) } },
  );
}

/** A tool as codex takes it; its fields in one order, so that equal tools are equal texts. */
function toSpec({ name, description, inputSchema }: Tool): DynamicToolSpec {
  const schema = inputSchema as Extract<DynamicToolSpec, { type: "function" }>["inputSchema"];
  return { type: "function", name, description, inputSchema: schema };
}
