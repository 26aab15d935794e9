/** The events of triggers themselves. */
import type { HubEventName, HubEventPayload, TriggerDefinition } from "@signalbox/contract";
import { type NewEvent, toNewEvent } from "../../journal/event.ts";

type StateEvent = Extract<HubEventName, `trigger.${"created" | "paused" | "resumed"}`>;

/** It was made, paused or resumed, and is this now. */
export function toTriggerEvent(
  type: StateEvent,
  trigger: TriggerDefinition,
  at: number,
  actor: string | undefined,
): NewEvent {
  const payload: HubEventPayload<StateEvent> = {
    trigger,
    ...(actor === undefined ? {} : { actor }),
  };
  return toNewEvent(type, trigger.sessionId, payload, at);
}

/** It was taken away; by nobody where it went by itself. */
export function toDeletedEvent(
  { triggerId, name, sessionId }: TriggerDefinition,
  at: number,
  actor?: string,
): NewEvent {
  const payload: HubEventPayload<"trigger.deleted"> = {
    triggerId,
    name,
    sessionId,
    ...(actor === undefined ? {} : { actor }),
  };
  return toNewEvent("trigger.deleted", sessionId, payload, at);
}
