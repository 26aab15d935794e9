/** Whether an event of the journal makes a trigger's `when` come true. */
import {
  type AppServerSignal,
  createTypeMatcher,
  type FiringCause,
  type HubEventPayload,
  matchesThread,
  type TriggerDefinition,
} from "@signalbox/contract";
import { type EventView, holdsFor } from "./event-view.ts";

/** The event with which a turn ends. */
export const turnEnded = "app_server.turn.completed";
/** The event with which one begins. */
export const turnBegan = "app_server.turn.started";

/** An event of the journal, or one that is made up as an example. */
export type TriggerEvent = EventView & { readonly seq: number };

interface TurnParams {
  readonly turn?: { readonly id?: unknown; readonly status?: unknown };
}

/** The types a trigger follows. */
export function typesOf({ when }: TriggerDefinition): readonly string[] {
  switch (when.type) {
    case "turn":
      return [turnEnded];
    case "idle_for":
      return [turnEnded, turnBegan];
    case "request":
      return ["request.opened"];
    case "event":
      return when.types;
    default:
      return [];
  }
}

/** Deltas come many times a second, and the completed item repeats them. */
export function isDelta(type: string): boolean {
  return /[._]delta$/.test(type);
}

/** Why a trigger fires at an event; undefined where it does not. */
export function causeOf(
  { sessionId, when }: TriggerDefinition,
  event: TriggerEvent,
): FiringCause | undefined {
  const { type, threadId, seq } = event;
  switch (when.type) {
    case "turn": {
      if (type !== turnEnded || threadId !== sessionId) return undefined;
      const { id, status } = turnOf(event);
      const end = when.status.find((wanted) => wanted === status);
      return end === undefined ? undefined : { type: "turn", seq, turnId: id, status: end };
    }
    case "request": {
      if (type !== "request.opened" || threadId !== sessionId) return undefined;
      const { requestId, kind, turnId } = event.payload as HubEventPayload<"request.opened">;
      if (when.kinds !== undefined && !when.kinds.includes(kind)) return undefined;
      return { type: "request", seq, turnId, requestId, kind };
    }
    case "event": {
      if (isDelta(type) || !matchesThread(event, sessionId)) return undefined;
      if (!createTypeMatcher(when.types)(type) || !holdsFor(event, when.where)) return undefined;
      return { type: "event", seq, turnId: turnIdOf(event), eventType: type };
    }
    default:
      return undefined;
  }
}

/** The turn that began or ended. */
export function turnOf({ payload }: EventView): { id: string; status: string } {
  const { params } = payload as AppServerSignal<string, TurnParams | null>;
  return { id: String(params?.turn?.id), status: String(params?.turn?.status) };
}

function turnIdOf({ payload }: EventView): string | null {
  if (typeof payload !== "object" || payload === null) return null;
  const { context, turnId } = payload as {
    context?: { turnId?: unknown } | null;
    turnId?: unknown;
  };
  const found = context?.turnId ?? turnId;
  return typeof found === "string" ? found : null;
}
