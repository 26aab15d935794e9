/**
 * The vocabulary of a scripted model: what one HTTP response does, step by step.
 *
 * A model request is answered by one {@link Reply}, a step or a list of steps played in order. When
 * the steps end without having ended the response, it is completed with the usage in force. A turn
 * that calls a tool takes two replies, since Codex sends the tool's output as a second request.
 */
import type { RecordedRequest } from "./recorded-request.ts";

/** A Responses API output item, as it stands in `response.output_item.done`. */
export interface ModelItem {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A Responses API stream event, written as it is. */
export interface ModelEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Tokens, as Codex reports them in `thread/tokenUsage/updated`. */
export interface Usage {
  readonly input: number;
  readonly cachedInput?: number;
  readonly output: number;
  readonly reasoningOutput?: number;
}

/** What an item that depends on the request is made from. */
export interface ItemContext {
  readonly request: RecordedRequest;
  /** An id that no other item of this model has, e.g. for `call_id`. */
  readonly id: string;
}

/** Text by deltas; a gate between two of them holds the stream there. Made lazily, read once. */
export type Deltas = Iterable<string | GateStep>;

export interface TextStep {
  readonly type: "text";
  readonly deltas: Deltas;
  readonly phase?: string;
}
export interface ReasoningStep {
  readonly type: "reasoning";
  /** One entry a summary part. */
  readonly summary: readonly Deltas[];
  /** The raw reasoning, which few models send. */
  readonly content?: Deltas;
}
export interface ItemStep {
  readonly type: "item";
  readonly item: ModelItem | ((context: ItemContext) => ModelItem);
}
export interface EventStep {
  readonly type: "event";
  readonly event: ModelEvent;
}
export interface UsageStep {
  readonly type: "usage";
  readonly usage: Usage;
}
export interface GateStep {
  readonly type: "gate";
  readonly name: string;
}
export interface HttpErrorStep {
  readonly type: "http_error";
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}
export interface FailedStep {
  readonly type: "failed";
  readonly code: string;
  readonly message: string;
}
export interface IncompleteStep {
  readonly type: "incomplete";
  readonly reason: string;
}
export interface DropSocketStep {
  readonly type: "drop_socket";
}
export interface HangStep {
  readonly type: "hang";
}

/** One thing a reply does. */
export type Step =
  | TextStep
  | ReasoningStep
  | ItemStep
  | EventStep
  | UsageStep
  | GateStep
  | HttpErrorStep
  | FailedStep
  | IncompleteStep
  | DropSocketStep
  | HangStep;

/** What one model request is answered with. */
export type Reply = Step | readonly Step[];

/**
 * An assistant message. A string is one delta unless `chunk` (characters) cuts it; an iterable is
 * its deltas, read while they are written, so that a flood costs no memory.
 */
export function text(
  content: string | Deltas,
  options: { readonly chunk?: number; readonly phase?: string } = {},
): TextStep {
  const deltas = typeof content === "string" ? cut(content, options.chunk) : content;
  return {
    type: "text",
    deltas,
    ...(options.phase === undefined ? {} : { phase: options.phase }),
  };
}

/** `count` deltas made when they are written; a place in the stream can be held by `gateAt`. */
export function deltas(
  count: number,
  delta: (index: number) => string = (index) => `${index} `,
  gateAt: Readonly<Record<number, string>> = {},
): Deltas {
  return {
    *[Symbol.iterator]() {
      for (let index = 0; index < count; index += 1) {
        const held = gateAt[index];
        if (held !== undefined) yield gate(held);
        yield delta(index);
      }
    },
  };
}

/** Reasoning with a summary (one part, or several) and, if given, the raw text. */
export function reasoning(
  summary: string | readonly (string | Deltas)[],
  options: { readonly content?: string | Deltas; readonly chunk?: number } = {},
): ReasoningStep {
  const toDeltas = (part: string | Deltas): Deltas =>
    typeof part === "string" ? cut(part, options.chunk) : part;
  return {
    type: "reasoning",
    summary: (typeof summary === "string" ? [summary] : summary).map(toDeltas),
    ...(options.content === undefined ? {} : { content: toDeltas(options.content) }),
  };
}

/** Any output item, e.g. one that has no builder of its own. */
export function item(value: ItemStep["item"]): ItemStep {
  return { type: "item", item: value };
}

/** Any stream event, written as it is. */
export function event(value: ModelEvent): EventStep {
  return { type: "event", event: value };
}

/** The tokens this response reports, instead of the default of 10 in and 5 out. */
export function usage(tokens: Usage): UsageStep {
  return { type: "usage", usage: tokens };
}

/** Holds the stream here until `model.gate(name).release()`. As a first step: before any header. */
export function gate(name: string): GateStep {
  return { type: "gate", name };
}

/** Answers with an HTTP error; only as a first step. A body that is no string is sent as JSON. */
export function httpError(
  status: number,
  body: unknown = { error: { message: `scripted ${status}` } },
  headers: Readonly<Record<string, string>> = {},
): HttpErrorStep {
  return {
    type: "http_error",
    status,
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers,
  };
}

/** Ends the response with `response.failed`. */
export function failed(code: string, message: string): FailedStep {
  return { type: "failed", code, message };
}

/** Ends the response with `response.incomplete`. */
export function incomplete(reason = "max_output_tokens"): IncompleteStep {
  return { type: "incomplete", reason };
}

/** Destroys the socket here; as a first step, before any header. */
export function dropSocket(): DropSocketStep {
  return { type: "drop_socket" };
}

/** Sends nothing more and never ends, until the client goes away or the model is closed. */
export function hang(): HangStep {
  return { type: "hang" };
}

function cut(content: string, chunk: number | undefined): Deltas {
  if (chunk === undefined) return content === "" ? [] : [content];
  if (!Number.isInteger(chunk) || chunk < 1) {
    throw new RangeError(`A chunk is a whole number of characters from 1 up, not ${chunk}.`);
  }
  return {
    *[Symbol.iterator]() {
      const characters = Array.from(content);
      for (let start = 0; start < characters.length; start += chunk) {
        yield characters.slice(start, start + chunk).join("");
      }
    },
  };
}
