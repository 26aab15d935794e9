/**
 * The questions Codex asks. Each is a durable row before anyone hears of it, and ends exactly once:
 * by an answer, by its safe default at the deadline, or because nobody asks any more. A claim in the
 * database decides between those who answer at the same time.
 */
import type { Answer } from "@signalbox/app-server";
import type { Operations, OutputOf, RequestKind, RequestResolution } from "@signalbox/contract";
import { SignalboxError } from "@signalbox/contract";
import {
  itemIdOf,
  type RequestId,
  type ServerRequest,
  type ThreadStatus,
  threadIdOf,
  turnIdOf,
} from "@signalbox/protocol";
import type { NewEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { Log } from "../log.ts";
import type { Question } from "../runtime/runtime.ts";
import { type Decision, toApprovalAnswer } from "./answers.ts";
import { type Deadlines, kindOf } from "./kind.ts";
import { newRequestId } from "./request-id.ts";
import type { NewRequest, PendingMatch, RequestRow, RequestStore } from "./request-store.ts";
import {
  type Ending,
  expired,
  toOpenedEvent,
  tooLate,
  toResolution,
  toResolvedEvent,
} from "./resolution.ts";
import { approvalKinds, toSafeDefault, whyLate } from "./safe-default.ts";
import { summaryOf } from "./summary.ts";

/** What questions need of the hub. */
export interface RequestsParts {
  readonly store: RequestStore;
  readonly events: EventLog;
  /** Answers a question of a process. False when that process is gone. */
  readonly respond: (question: Question, answer: Answer) => boolean;
  /** Whether the hub runs a thread for itself. */
  readonly isSystemOwned: (threadId: string) => boolean;
  readonly deadlines: Deadlines;
  readonly log: Log;
}

/** A question that was opened. */
export interface OpenedRequest {
  readonly requestId: string;
  readonly event: NewEvent;
  /** To be called once its events are stored: from then on it waits for its answer. */
  readonly announced: () => void;
}

/** Questions that wait at the same time, at most; one more gets its safe default at once. */
const maxPending = 4096;

/** Opens, answers and ends questions. */
export class Requests {
  readonly #parts: RequestsParts;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(parts: RequestsParts) {
    this.#parts = parts;
  }

  /**
   * Makes a row of a question. Undefined when it is one already, since Codex asks again after a
   * reconnect; when it was answered, the answer was lost on its way and is given again.
   */
  open(process: string, message: ServerRequest, at: number): OpenedRequest | undefined {
    const { method, params } = message;
    const kind = kindOf(method);
    const threadId = threadIdOf(message) ?? null;
    const isUnasked =
      this.#timers.size >= maxPending || (threadId !== null && this.#parts.isSystemOwned(threadId));
    const request: NewRequest = {
      id: newRequestId(),
      process,
      rpcId: message.id,
      kind,
      method,
      threadId,
      turnId: turnIdOf(message) ?? null,
      itemId: itemIdOf(message) ?? null,
      params,
      summary: summaryOf(method, params),
      openedAt: at,
      deadlineAt: at + (isUnasked ? 0 : this.#parts.deadlines[kind]),
    };
    if (!this.#parts.store.add(request)) {
      const given = this.#parts.store.answerTo(process, message.id);
      if (given !== undefined) this.#parts.respond(toQuestion(request), given);
      return undefined;
    }
    return {
      requestId: request.id,
      event: toOpenedEvent(request, at),
      announced: () => this.#await(request),
    };
  }

  /** Ends the questions a notification ends; gives the events that say so. */
  observe(
    process: string,
    message: { readonly method: string; readonly params?: unknown; readonly recovered?: true },
    at: number,
  ): NewEvent[] {
    const thread = threadIdOf(message);
    switch (message.method) {
      case "serverRequest/resolved": {
        const { requestId: rpcId } = message.params as { requestId: RequestId };
        return this.#expire({ process, rpcId }, expired("withdrawn"), at);
      }
      case "turn/completed": {
        const turn = turnIdOf(message);
        if (thread === undefined || turn === undefined) return [];
        return this.#expire({ thread, turn }, expired("turn_ended"), at);
      }
      case "thread/closed":
      case "thread/archived":
      case "thread/deleted":
        return thread === undefined ? [] : this.#expire({ thread }, expired("session_ended"), at);
      case "thread/status/changed":
        return thread === undefined ? [] : this.#observeStatus(thread, message, at);
      default:
        return [];
    }
  }

  /** How a thread stands after a time of not hearing it tells which of its questions were settled then. */
  #observeStatus(
    thread: string,
    { params, recovered }: { readonly params?: unknown; readonly recovered?: true },
    at: number,
  ): NewEvent[] {
    if (recovered !== true) return [];
    const { status } = params as { status: ThreadStatus };
    if (status.type !== "active") return this.#expire({ thread }, expired("withdrawn"), at);
    if (status.activeFlags.length > 0) return [];
    return this.#parts.store
      .pending({ thread })
      .filter(({ kind }) => kind !== "tool_call")
      .flatMap(({ id }) => this.#expire({ id }, expired("withdrawn"), at));
  }

  /** Ends the questions of a process that is gone; gives the events that say so. */
  expireProcess(process: string, at: number): NewEvent[] {
    return this.#expire({ process }, expired("runtime_exited"), at);
  }

  /** Answers an approval. Throws `approval_not_found`, `already_resolved`, `not_eligible`, `invalid_state`. */
  async decide(input: Decision): Promise<OutputOf<Operations["approvals.decide"]>> {
    const { approvalId, decision, scope } = input;
    const row = this.find(approvalId, "approval_not_found", (kind) => approvalKinds.has(kind));
    const answer = { result: toApprovalAnswer(row.method, row.params, input) };
    await this.answer(row, answer, { outcome: "answered", decision, scope });
    return { status: "ok", approvalId, threadId: row.threadId ?? "" };
  }

  /**
   * Ends what an earlier run left open, and tells of every end that was not told. What the process
   * `alive` asked goes on waiting, to its deadline.
   */
  async recover(alive?: string): Promise<void> {
    const { store, events } = this.#parts;
    const at = Date.now();
    for (const row of store.leftOpen(alive)) {
      store.resolve(row.id, toResolution(row, expired("hub_restarted")), at);
    }
    if (alive !== undefined) {
      store.reopen(alive);
      for (const row of store.pending({ process: alive })) this.#await(row);
    }
    await events.append(store.unannounced().map((row) => toResolvedEvent(row.resolution!, at)));
  }

  /** Stops, since the hub goes: everything that waits ends, but what `alive`, a process that stays, asked. */
  async close(alive?: string): Promise<void> {
    if (alive !== undefined) {
      for (const id of [...this.#timers.keys()]) this.#stopWaiting(id);
      return;
    }
    await this.#parts.events.append(this.#expire(undefined, expired("hub_closed"), Date.now()));
  }

  /** A question of some kinds, in whatever state. Throws the error given for one that is not there. */
  find(id: string, notFound: NotFound, isOfKind: (kind: RequestKind) => boolean): RequestRow {
    const row = this.#parts.store.get(id);
    if (row !== undefined && isOfKind(row.kind)) return row;
    throw new SignalboxError(
      notFound,
      `There is no ${notFound.split("_not")[0]!.replaceAll("_", " ")} ${id}.`,
      {
        details: { requestId: id },
      },
    );
  }

  /**
   * Gives codex an answer and tells how the question ended. `digest` is kept with it. Throws
   * `already_resolved` or `not_eligible` for whoever comes too late.
   */
  async answer(row: RequestRow, answer: Answer, ending: Ending, digest?: string): Promise<void> {
    const resolution = this.#settle(row, answer, ending, digest);
    if (resolution === undefined) throw tooLate(this.#parts.store.get(row.id)!);
    await this.#announce(resolution);
    if (resolution.outcome === "expired") throw tooLate({ ...row, resolution });
  }

  /** Begins, gives and ends an answer, in one go. Undefined when somebody else was first. */
  #settle(
    request: NewRequest,
    answer: Answer,
    ending: Ending,
    digest?: string,
  ): RequestResolution | undefined {
    const { store, respond } = this.#parts;
    if (!store.beginAnswer(request.id, digest)) return undefined;
    const reached = respond(toQuestion(request), answer);
    const resolution = toResolution(request, reached ? ending : expired("runtime_exited"));
    store.resolve(request.id, resolution, Date.now(), reached ? answer : undefined);
    this.#stopWaiting(request.id);
    return resolution;
  }

  /** Tells how a question ended. What can't be stored now is told by the next start. */
  async #announce(resolution: RequestResolution): Promise<void> {
    try {
      await this.#parts.events.append([toResolvedEvent(resolution, Date.now())]);
    } catch (error) {
      this.#parts.log.error(
        { err: error, requestId: resolution.requestId },
        "An answer was given and its event not stored",
      );
    }
  }

  #await(request: NewRequest): void {
    if (request.kind === "other") {
      this.#giveDefault(request, "nobody is asked for this");
      return;
    }
    if (request.threadId !== null && this.#parts.isSystemOwned(request.threadId)) {
      this.#giveDefault(request, "nobody is asked in a session that the hub runs for itself");
      return;
    }
    const timer = setTimeout(
      () => this.#giveDefault(request, whyLate(request, this.#parts.store.get(request.id)?.claim)),
      Math.max(0, request.deadlineAt - Date.now()),
    );
    this.#timers.set(request.id, timer);
  }

  #giveDefault(request: NewRequest, why: string): void {
    const { answer, ending } = toSafeDefault(request, why);
    const resolution = this.#settle(request, answer, ending);
    if (resolution !== undefined) void this.#announce(resolution);
  }

  #expire(match: PendingMatch | undefined, ending: Ending, at: number): NewEvent[] {
    const ended = this.#parts.store.endPending(match, (row) => toResolution(row, ending), at);
    return ended.map((resolution) => {
      this.#stopWaiting(resolution.requestId);
      return toResolvedEvent(resolution, at);
    });
  }

  #stopWaiting(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }
}

function toQuestion({ process, rpcId, threadId }: NewRequest): Question {
  return { process, id: rpcId, threadId };
}

type NotFound = "approval_not_found" | "tool_call_not_found";
