/**
 * What Codex sent to the model, kept for the test to look at and for the script to choose by.
 */

/** How the response to a request ended. `client_closed` is what an interrupt looks like from here. */
export type RequestEnd = "completed" | "error" | "dropped" | "client_closed" | "model_closed";

/** One entry of a request's `input`. */
export interface InputItem {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** One entry of a request's `tools`. */
export interface OfferedTool {
  readonly type: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** One `POST …/responses` as it arrived. */
export interface RecordedRequest {
  /** Counts up from 0 in order of arrival. */
  readonly index: number;
  /** Path with query, e.g. `/v1/responses`. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole JSON body. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly instructions: string;
  readonly input: readonly InputItem[];
  readonly tools: readonly OfferedTool[];
  /** The thread that asks, if Codex named it. */
  readonly threadId: string | undefined;
  /** The texts of the user messages in `input`, oldest first, Codex's own context among them. */
  readonly userTexts: readonly string[];
  /** The newest of them, `""` when there is none. */
  readonly lastUserText: string;
  /** The outputs of tool calls in `input`, by call id. */
  readonly toolOutputs: ReadonlyMap<string, unknown>;
  /** How the response ended; resolves once, never rejects. */
  readonly ended: Promise<RequestEnd>;
}

/** Makes the record of a request whose body is JSON (anything but an object counts as empty). */
export function recordRequest(raw: {
  readonly index: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly ended: Promise<RequestEnd>;
}): RecordedRequest {
  const body = isRecord(raw.body) ? raw.body : {};
  const input = Array.isArray(body.input) ? (body.input as InputItem[]) : [];
  const userTexts = input.filter((entry) => entry.role === "user").map(textOf);
  const toolOutputs = new Map<string, unknown>();
  for (const entry of input) {
    if (entry.type.endsWith("_output") && typeof entry.call_id === "string") {
      toolOutputs.set(entry.call_id, entry.output);
    }
  }
  return {
    index: raw.index,
    path: raw.path,
    headers: raw.headers,
    body,
    instructions: typeof body.instructions === "string" ? body.instructions : "",
    input,
    tools: Array.isArray(body.tools) ? (body.tools as OfferedTool[]) : [],
    threadId: raw.headers["thread-id"] ?? raw.headers.thread_id,
    userTexts,
    lastUserText: userTexts.at(-1) ?? "",
    toolOutputs,
    ended: raw.ended,
  };
}

function textOf(message: InputItem): string {
  const content = message.content;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: unknown) => (isRecord(part) && typeof part.text === "string" ? part.text : ""))
    .join("");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
