/**
 * The questions Codex asks. Each is a durable row before anyone hears of it, and ends exactly once:
 * by an answer, by its safe default at the deadline, or because nobody asks any more. The
 * database decides between those who answer at the same time.
 */
import type { Answer } from "@signalbox/app-server";
import { type RequestKind, SignalboxError } from "@signalbox/contract";
import { itemIdOf, type ServerRequest, threadIdOf, turnIdOf } from "@signalbox/protocol";
import type { NewEvent } from "../journal/event.ts";
import { sessionAttached } from "../sessions/session-errors.ts";
import { DeadlineTimers } from "./deadline-timers.ts";
import { Endings, type EndingsParts, toQuestion } from "./endings.ts";
import { FileChanges } from "./file-changes.ts";
import { GivenAnswers } from "./given-answers.ts";
import { isAnsweredByHub, kindOf } from "./kind.ts";
import { LeftOpen } from "./left-open.ts";
import type { Policies } from "./policies.ts";
import type { PolicyDecision } from "./policy.ts";
import { toPolicyAnswer } from "./policy-answer.ts";
import { newRequestId } from "./request-id.ts";
import type { AskedRequest, NewRequest, OwnRequest, RequestRow } from "./request-row.ts";
import type { KeptRequest } from "./request-store.ts";
import { type Ending, expired, toOpenedEvent, tooLate } from "./resolution.ts";
import { toSafeDefault, whyLate } from "./safe-default.ts";
import { summaryOf } from "./summary.ts";
import { Withdrawals } from "./withdrawals.ts";

/** What questions need of the hub. */
export interface RequestsParts extends EndingsParts {
  /** Whether the hub runs a thread for itself. */
  readonly isSystemOwned: (threadId: string) => boolean;
  /** Whether a thread is another client's, which answers its questions. */
  readonly isAttached: (threadId: string) => boolean;
  readonly policies: Policies;
}

/** A question that was opened. */
export interface OpenedRequest {
  readonly requestId: string;
  readonly event: NewEvent;
  /** To be called once its events are stored: from then on it waits for its answer. */
  readonly announced: () => void;
}

/** Questions that wait at the same time, at most; one more gets its safe default at once. */
export const maxPending = 4096;

/** Questions that ended are kept 30 days, and 50,000 of them at most. */
export const keptFor = 30 * 24 * 60 * 60 * 1_000;
export const maxEnded = 50_000;
/** Questions between two looks for those to drop. */
const trimInterval = 1_024;

/** Opens, answers and ends questions. */
export class Requests {
  /** Ends questions as codex tells. */
  readonly withdrawals: Withdrawals;
  /** What earlier runs left open. */
  readonly leftOpen: LeftOpen;
  readonly #parts: RequestsParts;
  readonly #timers = new DeadlineTimers();
  readonly #changes = new FileChanges();
  readonly #given: GivenAnswers;
  readonly #endings: Endings;
  #untilTrim = trimInterval;

  constructor(parts: RequestsParts) {
    this.#parts = parts;
    this.#given = new GivenAnswers(parts.store);
    this.#endings = new Endings(parts, this.#timers, this.#given);
    this.withdrawals = new Withdrawals(parts.store, this.#endings, this.#given, this.#changes);
    this.leftOpen = new LeftOpen({
      store: parts.store,
      endings: this.#endings,
      withdrawals: this.withdrawals,
      wait: (request) => this.#await(request),
    });
  }

  /**
   * Makes a row of a question. Undefined when it is one already, since codex asks again after a
   * reconnect; when it was answered, the answer was lost on its way and is given again. One that
   * ended and whose answer is not kept is asked anew, under a new id.
   */
  open(process: string, message: ServerRequest, at: number): OpenedRequest | undefined {
    const { store } = this.#parts;
    const known = store.byMessage(process, message.id);
    if (known !== undefined) {
      if (this.#isAnsweredAgain(known)) return undefined;
      store.supersede(known.row.id);
    }
    // First, since what fails for want of room is tried again, and a row that is there is known.
    if (--this.#untilTrim <= 0) this.#trim(at);
    const request = this.#toRequest(process, message, at);
    store.add(request);
    return {
      requestId: request.id,
      event: toOpenedEvent(request, at),
      announced: () => this.#await(request),
    };
  }

  #toRequest(process: string, message: ServerRequest, at: number): NewRequest {
    const { method, params } = message;
    const kind = kindOf(method);
    const threadId = threadIdOf(message) ?? null;
    const itemId = itemIdOf(message) ?? null;
    const asked: AskedRequest = {
      id: newRequestId(),
      process,
      rpcId: message.id,
      kind,
      method,
      threadId,
      turnId: turnIdOf(message) ?? null,
      itemId,
      params,
      paths:
        kind === "file_change_approval"
          ? this.#changes.pathsOf(method, threadId, itemId, params)
          : null,
      summary: summaryOf(method, params),
    };
    if (threadId !== null && this.#parts.isAttached(threadId)) {
      return { ...asked, openedAt: at, deadlineAt: null, verdict: null };
    }
    const isUnasked = this.#timers.size >= maxPending || this.#isSystemOwned(threadId);
    const allowed = isUnasked ? 0 : this.#parts.policies.deadlineOf(kind, threadId);
    return { ...asked, openedAt: at, deadlineAt: at + allowed, verdict: this.#verdictOn(asked) };
  }

  /** What the policy that holds now answers; null where people are asked. */
  #verdictOn(asked: AskedRequest): PolicyDecision | null {
    if (this.#isSystemOwned(asked.threadId)) return null;
    const verdict = this.#parts.policies.decide(asked);
    if (verdict.action === "ask" || toPolicyAnswer(asked, verdict) === undefined) return null;
    return verdict;
  }

  #isSystemOwned(threadId: string | null): boolean {
    return threadId !== null && this.#parts.isSystemOwned(threadId);
  }

  #isAnsweredAgain(known: KeptRequest): boolean {
    if (known.row.resolution === undefined) return true;
    const given = this.#given.of(known);
    if (given === undefined) return false;
    this.#parts.respond(toQuestion(known.row), given);
    return true;
  }

  /**
   * Ends what an earlier run left open, and tells of every end that was not told. What the process
   * `alive` asked stays open until `leftOpen.resume`.
   */
  async recover(alive?: string): Promise<void> {
    const at = Date.now();
    this.#trim(at);
    await this.#parts.events.append(this.leftOpen.recover(alive, at));
  }

  /** Stops, since the hub goes: everything that waits ends, but what `alive`, a process that stays, asked. */
  async close(alive?: string): Promise<void> {
    if (alive !== undefined) {
      this.#timers.stopAll();
      return;
    }
    await this.#parts.events.append(
      this.#endings.expire(undefined, expired("hub_closed"), Date.now()),
    );
  }

  /** A question of some kinds (or any), in whatever state. Throws the error given for one that is not there. */
  find(id: string, notFound: NotFound, isOfKind?: (kind: RequestKind) => boolean): RequestRow {
    const row = this.#parts.store.get(id);
    if (row !== undefined && isOfKind?.(row.kind) !== false) return row;
    const what = notFound.split("_not")[0]!.replaceAll("_", " ");
    throw new SignalboxError(notFound, `There is no ${what} ${id}.`, {
      details: { requestId: id },
    });
  }

  /**
   * A question, to be answered. Throws as `find` does, and `session_attached` where its own client
   * answers.
   */
  findOwn(id: string, notFound: NotFound, isOfKind?: (kind: RequestKind) => boolean): OwnRequest {
    const row = this.find(id, notFound, isOfKind);
    const { deadlineAt } = row;
    if (deadlineAt === null) throw sessionAttached(row.threadId!);
    return { ...row, deadlineAt };
  }

  /**
   * Gives codex an answer and tells how the question ended. `digest` is kept with it. Throws
   * `already_resolved` or `not_eligible` for whoever comes too late.
   */
  async answer(row: OwnRequest, answer: Answer, ending: Ending, digest?: string): Promise<void> {
    const resolution = this.#endings.settle(row, answer, ending, digest);
    if (resolution === undefined) throw tooLate(this.#parts.store.get(row.id)!);
    await this.#endings.announce(resolution);
    if (resolution.outcome === "expired") throw tooLate({ ...row, resolution });
  }

  /**
   * From now on the question waits: for the policy that held when it was opened, else for people and
   * programs. One of another client's session waits for that client, and the hub for its end.
   */
  #await(request: NewRequest): void {
    const { kind, openedAt, deadlineAt, verdict } = request;
    if (deadlineAt === null) return;
    if (kind === "other" && (isAnsweredByHub(request.method) || deadlineAt <= openedAt)) {
      this.#giveDefault(request, "nobody is asked for this");
      return;
    }
    if (this.#isSystemOwned(request.threadId)) {
      this.#giveDefault(request, "nobody is asked in a session that the hub runs for itself");
      return;
    }
    const decided = verdict === null ? undefined : toPolicyAnswer(request, verdict);
    if (decided !== undefined) {
      this.#endings.answerByItself(request, () => decided);
      return;
    }
    this.#timers.wait(request.id, deadlineAt, () => {
      const claim = this.#parts.store.get(request.id)?.claim;
      this.#giveDefault(request, whyLate(kind, deadlineAt - openedAt, claim));
    });
  }

  #giveDefault(request: NewRequest, why: string): void {
    this.#endings.answerByItself(request, () => toSafeDefault(request, why));
  }

  #trim(at: number): void {
    this.#untilTrim = trimInterval;
    this.#parts.store.trim(at - keptFor, maxEnded);
  }
}

type NotFound =
  | "approval_not_found"
  | "tool_call_not_found"
  | "tool_input_not_found"
  | "request_not_found";
