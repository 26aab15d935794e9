/** The skills of one session, bound to it: recognises its tool calls, runs them, answers the hub. */
import type { InputOf, Operations, OutputOf } from "@signalbox/contract";
import type { Methods } from "../call/methods.ts";
import { checkCount } from "../count.ts";
import type { Stream } from "../stream/stream.ts";
import { CallDispatcher } from "./call-dispatcher.ts";
import type { DynamicTool, SkillCatalog } from "./catalog.ts";
import { EndWatch } from "./end-watch.ts";
import { injectInstructions, instructionText } from "./instructions.ts";
import type { SkillOutcome } from "./outcome.ts";
import {
  type SendAndHandleOptions,
  type SentAndHandled,
  sendAndHandle,
} from "./send-and-handle.ts";
import { serveCalls } from "./serve-calls.ts";
import {
  callOfSignal,
  type SkillCallRow,
  type SkillSignal,
  sessionOf,
  type ToolCall,
} from "./tool-call.ts";

/** What bound skills are made of. */
export interface SessionSkillsOptions {
  readonly sessionId: string;
  readonly catalog: SkillCatalog;
  readonly methods: Methods;
  /** A stream whose connections are the SDK's own business. */
  readonly stream: Stream;
  /** Names this process to the hub, unlike any other. */
  readonly claimant: string;
  /** Milliseconds a handler may take, where its skill does not say. */
  readonly deadline: number;
}

/** What `serve` takes. */
export interface ServeOptions {
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Handlers of this session side by side, from now on. Default 8. */
  readonly concurrency?: number;
  /**
   * Milliseconds between two looks for calls that wait, while the stream is down. Default 2,000.
   * While it is live each connection looks once, and then every 30 s.
   */
  readonly pollInterval?: number;
  /** Told what became of each call. What it throws is thrown away. */
  readonly onOutcome?: (outcome: SkillOutcome) => void;
}

/** What `send` takes: the fields of `sessions.send_message`, and whether the skills are told first. */
export interface SendOptions
  extends Omit<
    InputOf<Operations["sessions.send_message"]>,
    "sessionId" | "text" | "dynamicTools"
  > {
  /** Puts `instructionText` before the text. Default true. */
  readonly injectSkills?: boolean;
}

/** Handlers of one session side by side, where nothing else is said. */
export const defaultConcurrency = 8;

/** The skills of one session. */
export class SessionSkills {
  readonly sessionId: string;
  readonly #options: SessionSkillsOptions;
  readonly #dispatcher: CallDispatcher;
  readonly #closing = new AbortController();
  #catalog: SkillCatalog;
  #serving = 0;

  constructor(options: SessionSkillsOptions) {
    const { sessionId, methods, stream, claimant, deadline } = options;
    this.sessionId = sessionId;
    this.#options = options;
    this.#catalog = options.catalog;
    const watch = new EndWatch({
      stream,
      sessionId,
      onEnded: (resolution) => this.#dispatcher.ended(resolution.requestId, resolution),
      onLive: () => void this.#waiting().catch(() => undefined),
    });
    this.#dispatcher = new CallDispatcher({
      sessionId,
      deadline,
      concurrency: defaultConcurrency,
      // Whoever serves listens for the ends too.
      onRunning: () => (this.#serving > 0 ? () => undefined : watch.follow()),
      desk: {
        claim: (requestId) => methods.toolCalls.claim({ requestId, claimant }),
        release: (requestId, claimId) => methods.toolCalls.release({ requestId, claimId }),
        respond: (requestId, claimId, { success, contentItems }) =>
          methods.toolCalls.respond({ requestId, claimId, success, contentItems }),
      },
    });
  }

  /** The tools this program offers to the session, by name, as Codex was told of them. */
  dynamicTools(): DynamicTool[] {
    return this.#catalog.dynamicTools();
  }

  /** The skills in words for the model, with what they give back; empty when there are none. */
  instructionText(): string {
    return instructionText(this.#catalog.list());
  }

  /** A message with the skills told before it. */
  injectRequest(text: string): string {
    return injectInstructions(this.#catalog.list(), text);
  }

  /** Whether a signal concerns this session. */
  matchesSignal(signal: Pick<SkillSignal, "context" | "session">): boolean {
    return sessionOf(signal) === this.sessionId;
  }

  /**
   * Runs the skill a tool call asks for and answers the call. Never rejects: the outcome says what
   * became of it. The call is claimed at the hub before its handler runs, so the handler runs once
   * however often and wherever it is heard of: again after a reconnect, from `serve`, in another
   * process. A tool this program does not offer is left to its owner. Arguments that do not fit the
   * schema, a handler that throws and one that passes its deadline become a failed result whose text
   * says so. When the hub ends the call meanwhile, the handler's signal fires and no answer goes out.
   *
   * Awaited in a handler, tool calls run one after another and hold up later events, and past the
   * client's `handlerDeadline` the router goes on without waiting; not awaited, up to `concurrency`
   * run side by side and 1,024 more wait their turn.
   */
  async respondToSignal(signal: SkillSignal): Promise<SkillOutcome> {
    const call = callOfSignal(signal);
    return call === undefined ? ignored("not_a_tool_call") : this.#respond(call);
  }

  /** The same for a call from `sessions.toolCalls.list`. */
  async respondToPendingCall(row: SkillCallRow): Promise<SkillOutcome> {
    return this.#respond(row);
  }

  /**
   * Responds to every call of the session that waits now. Resolves with what became of each, oldest
   * first; rejects as `sessions.toolCalls.list` does.
   */
  async drainPendingCalls(): Promise<SkillOutcome[]> {
    const rows = await this.#waiting();
    return Promise.all(rows.map((row) => this.#respond(row)));
  }

  /**
   * Answers the session's calls until `signal` fires or the client or these skills are closed: told
   * by a stream of its own, and looked for where the stream can't tell (before it was connected,
   * while it is down). Then takes no more, finishes those it has taken and resolves. Rejects with
   * what makes going on pointless, such as `unauthorized` and `session_not_found`. Goes together
   * with `respondToSignal` and with other processes that serve the session.
   */
  async serve(options: ServeOptions = {}): Promise<void> {
    const { concurrency, pollInterval = 2_000 } = options;
    if (concurrency !== undefined) {
      const count = checkCount("concurrency", concurrency, "the handlers that run at a time");
      this.#dispatcher.concurrency = count;
    }
    const closing = this.#closing.signal;
    const signal =
      options.signal === undefined ? closing : AbortSignal.any([options.signal, closing]);
    this.#serving += 1;
    try {
      await serveCalls(
        {
          stream: this.#options.stream,
          sessionId: this.sessionId,
          onCall: (call) =>
            void this.#respond(call).then((outcome) => tell(options.onOutcome, outcome)),
          onEnded: (resolution) => this.#dispatcher.ended(resolution.requestId, resolution),
          waiting: () => this.#waiting(),
          idle: () => this.#dispatcher.idle(),
        },
        { signal, pollInterval },
      );
    } finally {
      this.#serving -= 1;
    }
  }

  /** Sends a message, by default with the skills told before it. Rejects as `sessions.sendMessage`. */
  send(
    text: string,
    { injectSkills = true, ...fields }: SendOptions = {},
  ): Promise<OutputOf<Operations["sessions.send_message"]>> {
    const said = injectSkills ? this.injectRequest(text) : text;
    const { sessionId } = this;
    return this.#options.methods.sessions.sendMessage({ ...fields, sessionId, text: said });
  }

  /**
   * Sends a message, serves the session's calls until the turn is over, and reads what was said. A
   * failed turn is a value, not an error: look at `status`. Rejects with `deadline_exceeded` after
   * `timeout` ms, with `aborted` when `signal` fires, and leaves the turn running in both cases.
   */
  sendAndHandle(text: string, options: SendAndHandleOptions = {}): Promise<SentAndHandled> {
    return sendAndHandle(this, this.#options, text, options);
  }

  /** Offers other handlers from now on; calls that run go on with theirs. */
  rebind(catalog: SkillCatalog): void {
    this.#catalog = catalog;
  }

  /**
   * Ends `serve`, aborts the handlers that run, answers their calls as failed, and takes no more.
   * Resolves once no call is under way. Idempotent.
   */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#dispatcher.close();
  }

  async #respond(call: ToolCall): Promise<SkillOutcome> {
    if (call.threadId !== this.sessionId) return ignored("other_session");
    const skill = this.#catalog.get(call.tool);
    return skill === undefined ? ignored("unknown_tool") : this.#dispatcher.handle(skill, call);
  }

  /** The calls that wait. Those that ran as it asked and wait no more are over. */
  async #waiting(): Promise<readonly SkillCallRow[]> {
    const running = this.#dispatcher.running;
    const { data } = await this.#options.methods.sessions.toolCalls.list({
      sessionId: this.sessionId,
    });
    const waiting = new Set(data.map(({ requestId }) => requestId));
    for (const requestId of running) {
      if (!waiting.has(requestId)) this.#dispatcher.ended(requestId, undefined);
    }
    return data;
  }
}

function ignored(reason: Extract<SkillOutcome, { status: "ignored" }>["reason"]): SkillOutcome {
  return { status: "ignored", reason };
}

function tell(listener: ServeOptions["onOutcome"], outcome: SkillOutcome): void {
  try {
    listener?.(outcome);
  } catch {
    // Serving goes on, whatever its listener does.
  }
}
