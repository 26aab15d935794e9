/**
 * What a scripted app-server can do: its actions, each plain data, with a builder for each.
 *
 * Strings in the data may name what is only known when the action runs:
 * `{{requestId}}`, `{{threadId}}`, `{{turnId}}` and, for a field of the request being served,
 * `{{params.some.path}}`. A string that is only such a name becomes the value itself, whatever its
 * type; one that names nothing becomes `null`.
 */

/** Answers the request being served; without `result` as the real one would, more or less. */
export interface ReplyAction {
  readonly type: "reply";
  readonly result?: unknown;
}
/** Refuses the request being served. */
export interface ReplyErrorAction {
  readonly type: "reply_error";
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}
/** Holds the reply until as many requests have come here as `order` has places, then answers all. */
export interface GatherAction {
  readonly type: "gather";
  readonly name: string;
  readonly order: readonly number[];
}
export interface NotifyAction {
  readonly type: "notify";
  readonly method: string;
  readonly params: unknown;
}
export interface RequestAction {
  readonly type: "request";
  readonly id: string | number;
  readonly method: string;
  readonly params: unknown;
}
export interface AwaitAnswerAction {
  readonly type: "await_answer";
  readonly id: string | number;
}
export interface AwaitMessageAction {
  readonly type: "await_message";
  readonly method: string;
}
export interface RawAction {
  readonly type: "raw";
  readonly text: string;
}
export interface PiecesAction {
  readonly type: "pieces";
  readonly text: string;
  readonly size: number;
  readonly pauseMs: number;
}
export interface GiantLineAction {
  readonly type: "giant_line";
  readonly mebibytes: number;
  readonly json: boolean;
  readonly newline: boolean;
}
export interface FloodAction {
  readonly type: "flood";
  readonly count: number;
  readonly turns?: readonly { readonly threadId: string; readonly turnId: string }[];
  readonly text: string;
  readonly complete: boolean;
}
export interface GateAction {
  readonly type: "gate";
  readonly name: string;
}
export interface PauseAction {
  readonly type: "pause";
  readonly ms: number;
}
export interface StderrAction {
  readonly type: "stderr";
  readonly text: string;
}
export interface ExitAction {
  readonly type: "exit";
  readonly code: number;
}
export interface KillAction {
  readonly type: "kill";
  readonly signal: "SIGKILL" | "SIGTERM" | "SIGABRT" | "SIGSEGV";
}
export interface EndStdoutAction {
  readonly type: "end_stdout";
}
export interface StopReadingAction {
  readonly type: "stop_reading";
}

/** One thing a scripted app-server does. */
export type Action =
  | ReplyAction
  | ReplyErrorAction
  | GatherAction
  | NotifyAction
  | RequestAction
  | AwaitAnswerAction
  | AwaitMessageAction
  | RawAction
  | PiecesAction
  | GiantLineAction
  | FloodAction
  | GateAction
  | PauseAction
  | StderrAction
  | ExitAction
  | KillAction
  | EndStdoutAction
  | StopReadingAction;

/** Answers the request being served, without `result` by a canned default. Twice is two answers. */
export function reply(result?: unknown): ReplyAction {
  return result === undefined ? { type: "reply" } : { type: "reply", result };
}

/** Refuses the request being served. */
export function replyError(code: number, message: string, data?: unknown): ReplyErrorAction {
  return { type: "reply_error", code, message, ...(data === undefined ? {} : { data }) };
}

/** Writes a notification; the method and the payload may be ones that do not exist. */
export function notify(method: string, params: unknown = {}): NotifyAction {
  return { type: "notify", method, params };
}

/** Writes a server request. Nothing checks its id: twice the same is a duplicate, or a re-send. */
export function request(id: string | number, method: string, params: unknown): RequestAction {
  return { type: "request", id, method, params };
}

/** Waits until the client has answered this server request; an answer given already counts. */
export function awaitAnswer(id: string | number): AwaitAnswerAction {
  return { type: "await_answer", id };
}

/** Waits for the next message of the client with this method. */
export function awaitMessage(method: string): AwaitMessageAction {
  return { type: "await_message", method };
}

/** Writes a line as it is, JSON or not. */
export function line(text: string): RawAction {
  return { type: "raw", text: `${text}\n` };
}

/** Writes text as it is, without a line's end; then {@link exit} gives an EOF inside a line. */
export function raw(text: string): RawAction {
  return { type: "raw", text };
}

/**
 * Writes a line in pieces of `size` bytes, so small that they cut characters, each in a write of
 * its own with a pause after it, which lets the reader see them one by one.
 */
export function pieces(
  text: string,
  options: { readonly size?: number; readonly pauseMs?: number } = {},
): PiecesAction {
  return { type: "pieces", text, size: options.size ?? 1, pauseMs: options.pauseMs ?? 1 };
}

/**
 * Writes a line of this many MiB (rounded up to whole bytes): a `warning` notification, or
 * with `json: false` no JSON at all; with `newline: false` it never ends.
 */
export function giantLine(
  mebibytes: number,
  options: { readonly json?: boolean; readonly newline?: boolean } = {},
): GiantLineAction {
  return {
    type: "giant_line",
    mebibytes,
    json: options.json ?? true,
    newline: options.newline ?? true,
  };
}

/** What {@link flood} writes. */
export interface FloodOptions {
  /** How many deltas altogether. */
  readonly count: number;
  /** Over which turns, one after the other in a circle. Default: all that are running. */
  readonly turns?: FloodAction["turns"];
  /** The text of every delta. Default `"delta "`. */
  readonly text?: string;
  /** Then also writes `turn/completed` of each. Default false. */
  readonly complete?: boolean;
}

/** Writes `item/agentMessage/delta` as fast as the client reads. */
export function flood(options: FloodOptions): FloodAction {
  return {
    type: "flood",
    count: options.count,
    text: options.text ?? "delta ",
    complete: options.complete ?? false,
    ...(options.turns === undefined ? {} : { turns: options.turns }),
  };
}

/** Waits here until the test releases the gate of this name. */
export function holdAt(name: string): GateAction {
  return { type: "gate", name };
}

/** Waits this long; for what can only be shown by time. */
export function pause(ms: number): PauseAction {
  return { type: "pause", ms };
}

/** Writes to stderr, as it is. */
export function stderr(text: string): StderrAction {
  return { type: "stderr", text };
}

/** Exits, once all that was written is on its way. */
export function exit(code = 0): ExitAction {
  return { type: "exit", code };
}

/** Kills itself, once all that was written is on its way. */
export function kill(signal: KillAction["signal"] = "SIGKILL"): KillAction {
  return { type: "kill", signal };
}

/** Ends stdout and lives on. */
export function endStdout(): EndStdoutAction {
  return { type: "end_stdout" };
}

/** Reads no more from stdin, so that the client's writes come to a stop. */
export function stopReading(): StopReadingAction {
  return { type: "stop_reading" };
}
