/**
 * The calls of one session that this program takes: each claimed at the hub before its handler
 * runs, each run once, however and however often it is heard of.
 */
import { isSignalboxError, type RequestResolution, type SignalboxError } from "@signalbox/contract";
import { type CallRun, createRun, ignored, over, settled, unsent } from "./call-run.ts";
import type { Skill } from "./catalog.ts";
import { deliver } from "./deliver.ts";
import type { CallOutcome } from "./outcome.ts";
import { type SkillAnswer, textAnswer } from "./result.ts";
import { runSkill } from "./run-skill.ts";
import { Slots } from "./slots.ts";
import type { ToolCall } from "./tool-call.ts";

/** What a dispatcher asks of the hub. */
export interface CallDesk {
  /** Takes a call for this process. */
  claim(requestId: string): Promise<{ readonly claimId: string }>;
  /** Gives back a call whose handler did not run. */
  release(requestId: string, claimId: string): Promise<unknown>;
  respond(requestId: string, claimId: string, answer: SkillAnswer): Promise<unknown>;
}

/** What a dispatcher is made of. */
export interface DispatcherOptions {
  readonly sessionId: string;
  readonly desk: CallDesk;
  /** Milliseconds a handler may take, where its skill does not say. */
  readonly deadline: number;
  /** Handlers side by side. */
  readonly concurrency: number;
  /** Told when a handler begins and when it is over: in between somebody should listen for its end. */
  readonly onRunning?: (requestId: string) => () => void;
}

/** Calls of a session that wait here for a handler to be free, at most. */
export const maxWaitingCalls = 1_024;
/** Calls that are over and remembered; the hub does not tell of one that old again. */
const rememberedCalls = 4_096;
/** Answers kept because the hub could not be told, at most. */
const keptAnswers = 16;

/** Takes and answers the calls of one session. */
export class CallDispatcher {
  readonly #options: DispatcherOptions;
  readonly #slots: Slots;
  readonly #runs = new Map<string, CallRun>();
  readonly #unsent = new Set<CallRun>();
  readonly #closing = new AbortController();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#slots = new Slots(options.concurrency, maxWaitingCalls);
  }

  /** Handlers side by side, from now on. */
  set concurrency(limit: number) {
    this.#slots.resize(limit);
  }

  /** Ids of the calls whose handlers run now. */
  get running(): string[] {
    return [...this.#runs].filter(([, run]) => run.phase === "running").map(([id]) => id);
  }

  /** Takes a call and sees to its answer; never rejects. A call known here gives its one outcome. */
  handle(skill: Skill, call: ToolCall): Promise<CallOutcome> {
    const known = this.#runs.get(call.requestId);
    if (known !== undefined) {
      if (known.phase === "unsent") known.outcome = this.#submit(known);
      return known.outcome.then((outcome) =>
        outcome.status === "ignored" ? outcome : { ...outcome, duplicate: true },
      );
    }
    if (this.#closing.signal.aborted) return Promise.resolve(ignored("closed"));
    if (this.#slots.isFull) return Promise.resolve(ignored("queue_full"));
    const run = createRun(call);
    this.#runs.set(call.requestId, run);
    run.outcome = this.#run(run, skill);
    return run.outcome;
  }

  /** The hub has ended a call: its handler is told, and no answer goes out. */
  ended(requestId: string, resolution: RequestResolution | undefined): void {
    const run = this.#runs.get(requestId);
    // An answer on its way goes on: it learns from the hub itself whether it was the one.
    if (run !== undefined) run.abort.abort(over(run, resolution));
  }

  /** Resolves once no call is under way. */
  async idle(): Promise<void> {
    const underWay = () =>
      [...this.#runs.values()].filter(({ phase }) => phase !== "over" && phase !== "unsent");
    for (let runs = underWay(); runs.length > 0; runs = underWay()) {
      await Promise.all(runs.map((run) => run.outcome));
    }
  }

  /** Takes no more calls, aborts the handlers that run, answers their calls as failed. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const run of this.#runs.values()) run.abort.abort(closingReason);
    await this.idle();
  }

  async #run(run: CallRun, skill: Skill): Promise<CallOutcome> {
    const { signal } = run.abort;
    if (!(await this.#slots.take(signal))) return this.#withdrawn(run);
    try {
      const claimed = await this.#claim(run);
      if (claimed !== undefined) return claimed;
      const answer = await this.#execute(run, skill);
      if (answer !== undefined) run.answer = answer;
      else if (signal.reason !== closingReason) return this.#withdrawn(run);
      else
        run.answer = textAnswer(false, `Skill ${run.call.tool} was stopped: its program closes.`);
    } finally {
      this.#slots.free();
    }
    return this.#submit(run);
  }

  /** Undefined once the call is ours. */
  async #claim(run: CallRun): Promise<CallOutcome | undefined> {
    const { desk } = this.#options;
    const { signal } = run.abort;
    const { requestId } = run.call;
    const claim = await deliver(() => desk.claim(requestId), signal);
    if (claim.ended === "taken") {
      run.claimId = claim.value.claimId;
      if (!signal.aborted) return undefined;
      if (signal.reason === closingReason) {
        await deliver(() => desk.release(requestId, run.claimId), signal);
      }
      return this.#withdrawn(run);
    }
    if (signal.aborted) return this.#withdrawn(run);
    if (claim.ended === "failed") return this.#forget(run, unsent(run, claim.error));
    return claim.error.code === "in_flight"
      ? this.#forget(run, ignored("taken_elsewhere"))
      : this.#over(run, settled(run, claim.error));
  }

  async #execute(run: CallRun, skill: Skill): Promise<SkillAnswer | undefined> {
    const { sessionId, deadline, onRunning } = this.#options;
    const { requestId, tool, turnId, callId } = run.call;
    run.phase = "running";
    const done = onRunning?.(requestId);
    const context = { tool, sessionId, turnId, requestId, callId };
    const limits = { deadline: skill.deadline ?? deadline, signal: run.abort.signal };
    const answer = await runSkill(skill, run.call.arguments, context, limits);
    // Before anything is awaited: an end that is told from now on is our own answer's.
    run.phase = "answering";
    done?.();
    return answer;
  }

  async #submit(run: CallRun): Promise<CallOutcome> {
    const { requestId, tool } = run.call;
    const answer = run.answer!;
    run.phase = "answering";
    this.#unsent.delete(run);
    const send = (what: SkillAnswer) => this.#options.desk.respond(requestId, run.claimId, what);
    let delivery = await deliver(() => send(answer), never);
    let { success } = answer;
    if (delivery.ended === "failed" && isTooLarge(delivery.error)) {
      const failure = textAnswer(false, `The result of skill ${tool} is too large to be sent.`);
      delivery = await deliver(() => send(failure), never);
      success = false;
    }
    switch (delivery.ended) {
      case "taken":
        return this.#over(run, { status: "answered", requestId, tool, success, duplicate: false });
      case "settled":
        return this.#over(run, settled(run, delivery.error));
      case "failed":
        this.#keep(run);
        return unsent(run, delivery.error);
      default:
        return delivery satisfies never;
    }
  }

  /** Its run was aborted before an answer went out. */
  #withdrawn(run: CallRun): CallOutcome {
    const { reason } = run.abort.signal;
    if (reason === closingReason) return this.#forget(run, ignored("closed"));
    return this.#over(run, settled(run, reason as SignalboxError));
  }

  /** May be taken when it is heard of again. */
  #forget(run: CallRun, outcome: CallOutcome): CallOutcome {
    run.phase = "over";
    this.#runs.delete(run.call.requestId);
    return outcome;
  }

  #over(run: CallRun, outcome: CallOutcome): CallOutcome {
    run.phase = "over";
    run.answer = undefined;
    this.#dropOldest();
    return outcome;
  }

  #keep(run: CallRun): void {
    run.phase = "unsent";
    this.#unsent.add(run);
    if (this.#unsent.size <= keptAnswers) return;
    const [oldest] = this.#unsent;
    this.#unsent.delete(oldest!);
    oldest!.phase = "over";
    oldest!.answer = undefined;
  }

  // Runs stand in the order they came; those still under way are few and stay.
  #dropOldest(): void {
    if (this.#runs.size <= rememberedCalls) return;
    for (const [id, run] of this.#runs) {
      if (run.phase !== "over") continue;
      this.#runs.delete(id);
      return;
    }
  }
}

const closingReason = new DOMException("The skills were closed.", "AbortError");
const never = new AbortController().signal;

function isTooLarge(error: unknown): boolean {
  return isSignalboxError(error) && error.code === "body_too_large";
}
