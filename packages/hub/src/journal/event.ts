/**
 * An event on its way into the journal and out of it. Payloads travel as JSON text, made once: the
 * same text is stored, sent to every socket and replayed.
 */

/** A fact that has no position yet. */
export interface NewEvent {
  readonly type: string;
  /** The thread it is about; null for none. */
  readonly threadId: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  /** JSON text. */
  readonly payload: string;
}

/** A fact with a position. Its parsed payload and its frame are made at first use and kept. */
export class StoredEvent implements NewEvent {
  readonly seq: number;
  readonly type: string;
  readonly threadId: string | null;
  readonly at: number;
  readonly payload: string;
  #value: unknown;
  #frame: string | undefined;

  constructor(seq: number, event: NewEvent) {
    this.seq = seq;
    this.type = event.type;
    this.threadId = event.threadId;
    this.at = event.at;
    this.payload = event.payload;
  }

  /** The payload, parsed. Shared: don't change it. */
  get value(): unknown {
    this.#value ??= JSON.parse(this.payload);
    return this.#value;
  }

  /** The text of its frame on the stream. */
  get frame(): string {
    this.#frame ??= encodeEvent(this.type, this);
    return this.#frame;
  }
}

/** The JSON text of an event's frame, under the type given. */
export function encodeEvent(
  type: string,
  { threadId, payload, seq, at }: Pick<StoredEvent, "threadId" | "payload" | "seq" | "at">,
): string {
  const thread = threadId === null ? "null" : JSON.stringify(threadId);
  return `{"type":${quoteType(type)},"threadId":${thread},"payload":${payload},"seq":${seq},"at":${at}}`;
}

/** Makes an event of a payload that is a plain JSON value. */
export function toNewEvent(
  type: string,
  threadId: string | null,
  payload: unknown,
  at: number,
): NewEvent {
  return { type, threadId, at, payload: JSON.stringify(payload) };
}

// There are few types, and each stands in very many events.
const quotedTypes = new Map<string, string>();

function quoteType(type: string): string {
  let quoted = quotedTypes.get(type);
  if (quoted === undefined) {
    quoted = JSON.stringify(type);
    // Names come from another program; what is kept of them is bounded.
    if (quotedTypes.size < 10_000) quotedTypes.set(type, quoted);
  }
  return quoted;
}
