/** An event as the stream, `GET /api/events` and SSE give it. */
import { z } from "zod";

/** A fact with a type, a position and a payload. */
export const streamEvent = z.object({
  type: z.string().min(1),
  threadId: z.string().nullable().describe("The thread it is about; null for none"),
  payload: z.unknown(),
  seq: z.number().int().min(0).describe("Position; a view has that of the event it derives from"),
  at: z.number().int().describe("Epoch milliseconds when the hub took it"),
});

/** A fact with a type, a position and a payload. */
export interface StreamEvent<Type extends string = string, Payload = unknown> {
  readonly type: Type;
  /** The thread it is about; null for none. */
  readonly threadId: string | null;
  readonly payload: Payload;
  /** Position; a view has that of the event it derives from. */
  readonly seq: number;
  /** Epoch milliseconds when the hub took it. */
  readonly at: number;
}

const signalFields = {
  source: z.literal("app_server"),
  eventType: z.string(),
  method: z.string(),
  receivedAt: z.string(),
  context: z.object({ threadId: z.string().nullable(), turnId: z.string().nullable() }),
  params: z.unknown(),
  session: z
    .object({
      id: z.string(),
      title: z.string().nullable(),
      projectId: z.string().nullable(),
    })
    .nullable(),
};

/** The payload of an event that came from app-server. */
export const appServerSignal = z.discriminatedUnion("signalType", [
  z.looseObject({ ...signalFields, signalType: z.literal("notification") }),
  z.looseObject({ ...signalFields, signalType: z.literal("request"), requestId: z.string() }),
]);

interface SignalOf<Method extends string, Params> {
  readonly source: "app_server";
  /** The event's whole type. */
  readonly eventType: string;
  /** Codex's method, unchanged. */
  readonly method: Method;
  /** ISO time when the hub took it. */
  readonly receivedAt: string;
  readonly context: { readonly threadId: string | null; readonly turnId: string | null };
  /** Codex's params, unchanged; null when there were none. */
  readonly params: Params;
  readonly session: {
    readonly id: string;
    readonly title: string | null;
    readonly projectId: string | null;
  } | null;
}

/** A notification from app-server. */
export interface NotificationSignal<Method extends string = string, Params = unknown>
  extends SignalOf<Method, Params> {
  readonly signalType: "notification";
  /** True where the runtime made it up from what it read after a crash. */
  readonly recovered?: true;
}

/** A question from app-server. */
export interface RequestSignal<Method extends string = string, Params = unknown>
  extends SignalOf<Method, Params> {
  readonly signalType: "request";
  /** The hub's id, unique for ever; the answering operations take it. */
  readonly requestId: string;
}

/** The payload of an event that came from app-server. */
export type AppServerSignal<Method extends string = string, Params = unknown> =
  | NotificationSignal<Method, Params>
  | RequestSignal<Method, Params>;
