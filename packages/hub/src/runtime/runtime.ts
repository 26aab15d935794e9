/**
 * The codex behind the hub, as the hub's other parts use it. A port: `PrivateRuntime` holds a child
 * that ends with the hub, `SharedRuntime` joins one that outlives it.
 */
import type { Answer, FeedEvent, RequestOptions, RuntimeInfo } from "@signalbox/app-server";
import type { ClientMethod, ParamsOf, RequestId, ResultOf } from "@signalbox/protocol";
import type { ProcessNotes } from "./process-notes.ts";

/** Which there are. */
export const runtimeKinds = ["private", "shared"] as const;

/** How codex is held: as a child that ends with the hub, or as a process that outlives it. */
export type RuntimeKind = (typeof runtimeKinds)[number];

/** A question as codex knows it: its id is unique within its process. */
export interface Question {
  /** As `Runtime.processOf` names it. */
  readonly process: string;
  readonly id: RequestId;
  readonly threadId: string | null;
}

/** What is heard of codex. */
export type Heard =
  | FeedEvent
  /** The hub follows a thread from now on that ran before it looked. Comes before what is heard of it. */
  | {
      readonly type: "joined";
      readonly opened: ResultOf<"thread/resume">;
      /** The turn that ran when the thread was last heard of. */
      readonly activeTurnId: string | undefined;
    }
  /** The hub joined a process that ran already. */
  | { readonly type: "found"; readonly generation: number; readonly info: RuntimeInfo };

/** One codex, started when it is not there, and started again when it ends. */
export interface Runtime {
  /** Whether requests can be sent now. */
  readonly isReady: boolean;
  /** Why none can be sent, for people; undefined while they can. */
  readonly notReady: string | undefined;
  /** What the events told of its process; whoever makes the events notes it. */
  readonly notes: ProcessNotes;
  /** Processes since the hub started, from 1; 0 before the first. */
  readonly generation: number;
  /** The process that was there before the hub and is there after it; undefined when there is none. */
  readonly survivor: string | undefined;

  /**
   * Starts or joins codex, and goes on with the threads that run there, or ran when they were last
   * heard of. Rejects with the codes of `fromAppServerError`.
   */
  start(): Promise<void>;

  /** What waits to be heard, `max` at most, or the first to come; undefined once the runtime was closed and all was taken. */
  take(max: number): Promise<Heard[] | undefined>;

  /** A name of the process that heard events came from, unique for ever. */
  processOf(generation: number): string;

  /**
   * Sends a request. While codex is away it rejects at once with `runtime_unavailable`, so that a
   * caller never waits for a restart; otherwise with the code of `fromAppServerError`.
   */
  request<M extends ClientMethod>(
    method: M,
    params: ParamsOf<M>,
    options?: RequestOptions,
  ): Promise<ResultOf<M>>;

  /**
   * Reads what a followed thread did that nobody told of, and tells it; what codex waits to be answered
   * there it asks again. Never rejects.
   */
  lookAgain(threadId: string): Promise<void>;

  /** Hears a thread live from now on if codex holds it for another client. Never rejects. */
  follow(threadId: string): Promise<void>;

  /** Hears a thread of another client no more. Rejects as `request` does. */
  unfollow(threadId: string): Promise<void>;

  /** Answers a question. False when the process that asked it is gone. */
  respond(question: Question, answer: Answer): boolean;

  /** Lets go of codex: a private one ends. Idempotent; resolves when that is done. */
  close(): Promise<void>;
}
