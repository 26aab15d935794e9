/** What codex says that ends questions: they were settled elsewhere, or whoever asked is gone. */
import { type RequestId, type ThreadStatus, threadIdOf, turnIdOf } from "@signalbox/protocol";
import type { NewEvent } from "../journal/event.ts";
import type { Endings } from "./endings.ts";
import type { FileChanges } from "./file-changes.ts";
import type { GivenAnswers } from "./given-answers.ts";
import { isFields, paramsOf } from "./params.ts";
import type { RequestStore } from "./request-store.ts";
import { expired } from "./resolution.ts";

/** Ends questions as codex's notifications tell. */
export class Withdrawals {
  readonly #store: RequestStore;
  readonly #endings: Endings;
  readonly #given: GivenAnswers;
  readonly #changes: FileChanges;

  /** Forgets the answers in `given` that have arrived, and lets `changes` follow the items. */
  constructor(store: RequestStore, endings: Endings, given: GivenAnswers, changes: FileChanges) {
    this.#store = store;
    this.#endings = endings;
    this.#given = given;
    this.#changes = changes;
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
        this.#given.forget({ process, rpcId });
        return this.#endings.expire({ process, rpcId }, expired("withdrawn"), at);
      }
      case "turn/completed": {
        const turn = turnIdOf(message);
        if (thread === undefined || turn === undefined) return [];
        this.#given.forget({ process, thread, turn });
        return this.#endings.expire({ thread, turn }, expired("turn_ended"), at);
      }
      case "item/started":
        this.#changes.observe(message);
        return [];
      case "item/completed":
        this.#changes.observe(message);
        return thread === undefined ? [] : this.#observeToolCall(thread, message, at);
      case "thread/closed":
      case "thread/archived":
      case "thread/deleted":
        return thread === undefined ? [] : this.expireThread(thread, at);
      case "thread/status/changed":
        return thread === undefined ? [] : this.#observeStatus(thread, message, at);
      default:
        return [];
    }
  }

  /** A tool call that was run elsewhere is told by its item alone: codex 0.169.0 tells no end of the question. */
  #observeToolCall(
    thread: string,
    { params }: { readonly params?: unknown },
    at: number,
  ): NewEvent[] {
    const { item } = paramsOf(params);
    if (!isFields(item) || item.type !== "dynamicToolCall") return [];
    return this.#store
      .pending({ thread })
      .filter((row) => row.kind === "tool_call" && paramsOf(row.params).callId === item.id)
      .flatMap(({ id }) => this.#endings.expire({ id }, expired("withdrawn"), at));
  }

  /** How a thread stands after a time of not hearing it tells which of its questions were settled then. */
  #observeStatus(
    thread: string,
    { params, recovered }: { readonly params?: unknown; readonly recovered?: true },
    at: number,
  ): NewEvent[] {
    if (recovered !== true) return [];
    const { status } = params as { status: ThreadStatus };
    if (status.type !== "active") return this.#endings.expire({ thread }, expired("withdrawn"), at);
    if (status.activeFlags.length > 0) return [];
    return this.#store
      .pending({ thread })
      .filter(({ kind }) => kind !== "tool_call")
      .flatMap(({ id }) => this.#endings.expire({ id }, expired("withdrawn"), at));
  }

  /** Ends the questions of a thread that is not heard any more; gives the events that say so. */
  expireThread(thread: string, at: number): NewEvent[] {
    return this.#endings.expire({ thread }, expired("session_ended"), at);
  }

  /** Ends the questions of a process that is gone; gives the events that say so. */
  expireProcess(process: string, at: number): NewEvent[] {
    this.#given.forget({ process });
    return this.#endings.expire({ process }, expired("runtime_exited"), at);
  }
}
