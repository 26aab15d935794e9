/**
 * How questions end: each once, by an answer that codex is given or because nobody asks any more.
 * What can't be stored now is stored later, and never given twice.
 */
import type { Answer } from "@signalbox/app-server";
import type { RequestResolution } from "@signalbox/contract";
import type { NewEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { Log } from "../log.ts";
import type { Question } from "../runtime/runtime.ts";
import type { AuditLog } from "../store/audit-log.ts";
import { isStorageError } from "../store/database.ts";
import type { DeadlineTimers } from "./deadline-timers.ts";
import type { GivenAnswers } from "./given-answers.ts";
import type { NewRequest } from "./request-row.ts";
import type { PendingMatch, RequestStore } from "./request-store.ts";
import { type Ending, expired, toResolution, toResolvedEvent } from "./resolution.ts";

/** What endings need of the hub. */
export interface EndingsParts {
  readonly store: RequestStore;
  readonly events: EventLog;
  /** Answers a question of a process. False when that process is gone. */
  readonly respond: (question: Question, answer: Answer) => boolean;
  readonly audit: AuditLog;
  readonly log: Log;
}

/** Between two tries to store how a question ended, in ms. */
const retryDelay = 500;

/** Ends questions. */
export class Endings {
  readonly #parts: EndingsParts;
  readonly #timers: DeadlineTimers;
  readonly #given: GivenAnswers;

  /** Ends a question's wait in `timers`, and keeps its answer in `given`. */
  constructor(parts: EndingsParts, timers: DeadlineTimers, given: GivenAnswers) {
    this.#parts = parts;
    this.#timers = timers;
    this.#given = given;
  }

  /** Begins, gives and ends an answer, in one go. Undefined when somebody else was first. */
  settle(
    request: NewRequest,
    answer: Answer,
    ending: Ending,
    digest?: string,
  ): RequestResolution | undefined {
    const { store, respond } = this.#parts;
    if (!store.beginAnswer(request.id, digest)) return undefined;
    const reached = respond(toQuestion(request), answer);
    const resolution = toResolution(request, reached ? ending : expired("runtime_exited"));
    this.#timers.stop(request.id);
    this.#keep(resolution, reached ? this.#given.keep(request, answer) : undefined);
    return resolution;
  }

  /** Stores how a question ended. Codex has the answer, so what can't be stored now is stored later. */
  #keep(resolution: RequestResolution, answer: Answer | undefined): boolean {
    const { store, log } = this.#parts;
    const { requestId } = resolution;
    try {
      return store.resolve(requestId, resolution, Date.now(), answer);
    } catch (error) {
      if (!isStorageError(error)) throw error;
      log.error({ err: error, requestId }, "A question ended and its end is not stored");
      this.#later(requestId, () => {
        if (!this.#keep(resolution, answer)) return;
        const isUntold = store.unannounced().some(({ id }) => id === requestId);
        if (isUntold) void this.announce(resolution);
      });
      return false;
    }
  }

  /** Tells how a question ended. What can't be stored now is told by the next start. */
  async announce(resolution: RequestResolution): Promise<void> {
    try {
      await this.#parts.events.append([toResolvedEvent(resolution, Date.now())]);
    } catch (error) {
      this.#parts.log.error(
        { err: error, requestId: resolution.requestId },
        "An answer was given and its event not stored",
      );
    }
  }

  /** Gives the hub's own answer; while nothing can be stored it waits, since it must be durable first. */
  answerByItself(request: NewRequest, make: () => { answer: Answer; ending: Ending }): void {
    try {
      const { answer, ending } = make();
      const resolution = this.settle(request, answer, ending);
      if (resolution === undefined) return;
      this.audit(resolution);
      void this.announce(resolution);
    } catch (error) {
      if (!isStorageError(error)) throw error;
      this.#parts.log.error({ err: error, requestId: request.id }, "An answer waits for the disk");
      this.#later(request.id, () => this.answerByItself(request, make));
    }
  }

  #later(id: string, work: () => void): void {
    this.#timers.wait(id, Date.now() + retryDelay, work);
  }

  /** Ends the pending questions that match; gives the events that say so. */
  expire(match: PendingMatch | undefined, ending: Ending, at: number): NewEvent[] {
    const ended = this.#parts.store.endPending(match, (row) => toResolution(row, ending), at);
    return ended.map((resolution) => {
      this.#timers.stop(resolution.requestId);
      this.audit(resolution);
      return toResolvedEvent(resolution, at);
    });
  }

  /** Notes an end that no operation brought about. */
  audit(resolution: RequestResolution): void {
    const { requestId, kind, reason, decision, decidedBy, outcome, threadId } = resolution;
    this.#parts.audit.record({
      surface: "hub",
      operation: "request.resolved",
      sessionId: threadId,
      outcome,
      details: { requestId, kind, reason, decision, decidedBy },
    });
  }
}

/** A question as codex knows it. */
export function toQuestion({ process, rpcId, threadId }: NewRequest): Question {
  return { process, id: rpcId, threadId };
}
