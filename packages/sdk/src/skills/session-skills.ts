/** The skills of one session, bound to it: recognises its tool calls, runs them, answers the hub. */
import { isSignalboxError, type RequestSignal, type SignalboxError } from "@signalbox/contract";
import { runIsolated } from "../router/isolate.ts";
import { Backoff } from "../stream/backoff.ts";
import { sleep } from "../stream/sleep.ts";
import type { DynamicTool, Skill, SkillCatalog } from "./catalog.ts";
import { Claims } from "./claims.ts";
import { type SkillAnswer, textAnswer, toSkillAnswer } from "./result.ts";

/** What became of a signal. Told apart by `status`. */
export type SkillOutcome =
  | {
      /** Left alone: it is no tool call, or another session's, or of a tool offered elsewhere. */
      readonly status: "ignored";
      readonly reason: "not_a_tool_call" | "other_session" | "unknown_tool";
    }
  | {
      /** The hub took our answer. `success` is what the answer said. */
      readonly status: "answered";
      readonly requestId: string;
      readonly tool: string;
      readonly success: boolean;
      /** This process had taken the call on before; the handler did not run again. */
      readonly duplicate: boolean;
    }
  | {
      /** The call had ended without us: answered elsewhere, expired or unknown. `error` says which. */
      readonly status: "settled";
      readonly requestId: string;
      readonly tool: string;
      readonly error: SignalboxError;
      readonly duplicate: boolean;
    }
  | {
      /** The answer could not be brought to the hub. */
      readonly status: "unsent";
      readonly requestId: string;
      readonly tool: string;
      readonly error: unknown;
      readonly duplicate: boolean;
    };

type ClaimedOutcome = Exclude<SkillOutcome, { readonly status: "ignored" }>;

/** A tool call as its signal carries it. */
interface ToolCall {
  readonly requestId: string;
  readonly tool: string;
  readonly arguments: unknown;
  readonly turnId: string | null;
  readonly callId: string | null;
}

/** What bound skills are made of. */
export interface SessionSkillsOptions {
  readonly sessionId: string;
  readonly catalog: SkillCatalog;
  /** Milliseconds a handler may take, where its skill does not say. */
  readonly deadline: number;
  /** Gives the hub an answer, once. */
  readonly respond: (requestId: string, answer: SkillAnswer) => Promise<unknown>;
}

/** A signal as handlers get it: what `onAppServerRequest("item.tool.call", ...)` gives fits. */
export type SkillSignal = Pick<RequestSignal, "eventType" | "context" | "params" | "session"> & {
  readonly requestId?: string;
};

const toolCallEvent = "app_server.request.item.tool.call";
/** Settled calls remembered; the hub does not ask again about one that old. */
const rememberedCalls = 4_096;
const submitAttempts = 5;
const submitBackoff = { base: 100, cap: 2_000, stableAfter: Number.POSITIVE_INFINITY };

/** The skills of one session. */
export class SessionSkills {
  readonly sessionId: string;
  readonly #options: SessionSkillsOptions;
  readonly #claims = new Claims<ClaimedOutcome>(rememberedCalls);

  constructor(options: SessionSkillsOptions) {
    this.sessionId = options.sessionId;
    this.#options = options;
  }

  /** The tools as Codex was told of them, by name. */
  dynamicTools(): DynamicTool[] {
    return this.#options.catalog.dynamicTools();
  }

  /** Whether a signal concerns this session. */
  matchesSignal(signal: Pick<SkillSignal, "context" | "session">): boolean {
    return (signal.session?.id ?? signal.context.threadId) === this.sessionId;
  }

  /**
   * Runs the skill a tool call asks for and answers the call. Never rejects: the outcome says what
   * became of it. A call is claimed before its handler runs, so hearing of it again (from another
   * run, after a reconnect) runs nothing twice. Arguments that do not fit the schema, a handler
   * that throws and one that passes its deadline become a failed result whose text says so.
   *
   * Awaited in a handler, tool calls run one after another and hold up later events, and past the
   * client's `handlerDeadline` the router goes on without waiting; not awaited, they run side by
   * side.
   */
  async respondToSignal(signal: SkillSignal): Promise<SkillOutcome> {
    const call = toToolCall(signal);
    if (call === undefined) return { status: "ignored", reason: "not_a_tool_call" };
    if (!this.matchesSignal(signal)) return { status: "ignored", reason: "other_session" };
    const skill = this.#options.catalog.get(call.tool);
    if (skill === undefined) return { status: "ignored", reason: "unknown_tool" };
    const { isFirst, outcome } = this.#claims.claim(call.requestId, async () =>
      this.#submit(call, await this.#answer(skill, call)),
    );
    return isFirst ? outcome : { ...(await outcome), duplicate: true };
  }

  async #answer(skill: Skill, call: ToolCall): Promise<SkillAnswer> {
    const { tool, requestId, turnId, callId } = call;
    const { sessionId } = this;
    const deadline = skill.deadline ?? this.#options.deadline;
    let answer: SkillAnswer | undefined;
    const never = new AbortController().signal;
    const outcome = await runIsolated(
      async (abortSignal) => {
        const checked = await skill.validate(call.arguments ?? {});
        if ("issues" in checked) {
          answer = textAnswer(
            false,
            JSON.stringify({ error: "invalid_arguments", tool, issues: checked.issues }),
          );
          return;
        }
        const signal = abortSignal();
        const context = { signal, tool, sessionId, turnId, requestId, callId };
        answer = toSkillAnswer(await skill.handler(checked.value as never, context));
      },
      { deadline, signal: never },
    );
    if (outcome.ended === "threw") {
      return textAnswer(false, `Skill ${tool} failed: ${textOf(outcome.error)}`);
    }
    return answer ?? textAnswer(false, `Skill ${tool} did not finish within its ${deadline} ms.`);
  }

  async #submit(call: ToolCall, answer: SkillAnswer): Promise<ClaimedOutcome> {
    const { requestId, tool } = call;
    const { success } = answer;
    const backoff = new Backoff(submitBackoff);
    let mayHaveArrived = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#options.respond(requestId, answer);
        return { status: "answered", requestId, tool, success, duplicate: false };
      } catch (error) {
        const fate = fateOf(error);
        if (fate === "settled" && isSignalboxError(error)) {
          // The hub takes one answer. After one of ours was under way, it was most likely that one.
          return mayHaveArrived && error.code === "already_resolved"
            ? { status: "answered", requestId, tool, success, duplicate: false }
            : { status: "settled", requestId, tool, error, duplicate: false };
        }
        if (fate === "final" || attempt >= submitAttempts) {
          return { status: "unsent", requestId, tool, error, duplicate: false };
        }
        mayHaveArrived = true;
        await sleep(backoff.next(0), new AbortController().signal);
      }
    }
  }
}

// Sending an answer again is safe, whatever became of the first: the hub decides on one per call.
function fateOf(error: unknown): "settled" | "again" | "final" {
  if (!isSignalboxError(error)) return "final";
  switch (error.code) {
    case "already_resolved":
    case "not_eligible":
    case "tool_call_not_found":
      return "settled";
    default:
      return error.retryable || error.category === "ambiguous" ? "again" : "final";
  }
}

function toToolCall(signal: SkillSignal): ToolCall | undefined {
  const { params, requestId } = signal;
  if (signal.eventType !== toolCallEvent || requestId === undefined) return undefined;
  if (typeof params !== "object" || params === null) return undefined;
  const { tool, arguments: args, callId } = params as Readonly<Record<string, unknown>>;
  if (typeof tool !== "string" || tool.trim() === "") return undefined;
  return {
    requestId,
    tool,
    arguments: args,
    turnId: signal.context.turnId,
    callId: typeof callId === "string" ? callId : null,
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
