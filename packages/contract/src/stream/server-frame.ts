/** What the hub sends on the stream, version 1: events, and control frames which have no payload. */
import { z } from "zod";
import { SignalboxError } from "../errors/signalbox-error.ts";
import { type StreamEvent, streamEvent } from "./event.ts";

/** The stream's version. */
export const streamProtocol = 1;
/** WebSocket subprotocol. A client that can't set headers adds `bearer.<token>` beside it. */
export const streamSubprotocol = "signalbox";
/** Prefix of the subprotocol that carries the token. */
export const bearerSubprotocolPrefix = "bearer.";
/** Path of the stream. */
export const streamPath = "/api/stream";
/** Path of the same events as JSON pages and SSE. */
export const eventsPath = "/api/events";

const seq = z.number().int().min(0);

/** The control frames by type. Fields of a newer hub pass through. */
export const controlFrames = {
  /** First frame of every connection. */
  ready: z.looseObject({
    type: z.literal("ready"),
    threadId: z.string().nullable(),
    protocol: z.literal(streamProtocol),
    epoch: z.string(),
    head: seq,
  }),
  /** Answer to a ping. */
  pong: z.looseObject({ type: z.literal("pong") }),
  /** A command could not be done. The connection stays. */
  error: z.looseObject({ type: z.literal("error"), code: z.string(), message: z.string() }),
  /** Answer to subscribe and unsubscribe: the filter now, and the cursor delivery goes on after. */
  subscribed: z.looseObject({
    type: z.literal("subscribed"),
    threadId: z.string().nullable(),
    types: z.array(z.string()).nullable(),
    from: z.string(),
  }),
  /** Replay is done up to `seq`; what follows is live. */
  caught_up: z.looseObject({ type: z.literal("caught_up"), seq }),
  /** This reader is too slow for live; after `seq` it is fed from the journal until caught up. */
  lagging: z.looseObject({ type: z.literal("lagging"), seq, head: seq }),
  /** Events after `from` up to `to` (cursors) can't be replayed: take a snapshot, go on from `to`. */
  gap: z.looseObject({
    type: z.literal("gap"),
    reason: z.enum(["epoch_changed", "retention"]),
    from: z.string(),
    to: z.string(),
  }),
} as const;

/** A frame about the stream itself. */
export type ControlFrame =
  | {
      readonly type: "ready";
      readonly threadId: string | null;
      readonly protocol: 1;
      readonly epoch: string;
      readonly head: number;
    }
  | { readonly type: "pong" }
  | { readonly type: "error"; readonly code: string; readonly message: string }
  | {
      readonly type: "subscribed";
      readonly threadId: string | null;
      readonly types: readonly string[] | null;
      readonly from: string;
    }
  | { readonly type: "caught_up"; readonly seq: number }
  | { readonly type: "lagging"; readonly seq: number; readonly head: number }
  | {
      readonly type: "gap";
      readonly reason: "epoch_changed" | "retention";
      readonly from: string;
      readonly to: string;
    };

/** Whatever the hub sends. */
export type ServerFrame = StreamEvent | ControlFrame;

/** Whether a frame is about the stream itself. */
export function isControlFrame(frame: ServerFrame): frame is ControlFrame {
  return Object.hasOwn(controlFrames, frame.type);
}

/**
 * Reads one text frame. Throws `invalid_response` for what is neither an event nor a known control
 * frame; a newer hub may send such, so a reader reports it and goes on.
 */
export function parseServerFrame(text: string): ServerFrame {
  const value = readJson(text);
  if (isEvent(value)) return value;
  if (typeof value === "object" && value !== null && "type" in value) {
    const schema = Object.hasOwn(controlFrames, String(value.type))
      ? controlFrames[value.type as keyof typeof controlFrames]
      : streamEvent;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data as ServerFrame;
  }
  throw new SignalboxError("invalid_response", "The hub sent a frame of an unknown form.", {
    details: { frame: text.slice(0, 200) },
  });
}

// Checked by hand, since every event of a busy stream passes here.
function isEvent(value: unknown): value is StreamEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const frame = value as Partial<Record<keyof StreamEvent, unknown>>;
  return (
    typeof frame.type === "string" &&
    typeof frame.seq === "number" &&
    typeof frame.at === "number" &&
    (frame.threadId === null || typeof frame.threadId === "string") &&
    "payload" in frame &&
    !Object.hasOwn(controlFrames, frame.type)
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
