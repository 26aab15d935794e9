/**
 * Follows the journal: keeps the triggers as their events tell, and writes a firing for each event
 * that makes one come true, in the transaction that moves its position. So an event fires a trigger
 * once, whatever crashes, and only those that were on when it happened.
 */
import {
  createTypeMatcher,
  type HubEventPayload,
  type TriggerDefinition,
} from "@signalbox/contract";
import type { StoredEvent } from "../../journal/event.ts";
import type { Projection } from "../../journal/projection.ts";
import type { AuditLog } from "../../store/audit-log.ts";
import { newId } from "../../store/new-id.ts";
import {
  causeOf,
  isDelta,
  type TriggerEvent,
  turnBegan,
  turnEnded,
  turnOf,
  typesOf,
} from "./causes.ts";
import { dueAfter, isTimed } from "./due-times.ts";
import type { FiringStore } from "./firing-store.ts";
import type { TriggerSecrets } from "./trigger-secrets.ts";
import type { KeptTrigger, Timing, TriggerStore } from "./trigger-store.ts";

/** What the reactor writes, and looks at. */
export interface ReactorParts {
  readonly triggers: TriggerStore;
  readonly firings: FiringStore;
  readonly secrets: TriggerSecrets;
  readonly audit: AuditLog;
  /** Whether a turn runs on a session. */
  readonly isBusy: (sessionId: string) => boolean;
}

const lifecycle = "trigger.*";
/** Tells the turn of a message that waited. */
const messageTaken = "message.accepted";

/** The projection. */
export class Reactor implements Projection {
  readonly name = "triggers";
  /** Which of them it needs depends on the triggers, which it follows too. */
  readonly types = ["*"];
  readonly #parts: ReactorParts;
  #follows: ((type: string) => boolean) | undefined;
  #version = -1;
  #stirred = false;

  constructor(parts: ReactorParts) {
    this.#parts = parts;
  }

  follows(type: string): boolean {
    const { triggers } = this.#parts;
    if (this.#follows === undefined || this.#version !== triggers.version) {
      const wanted = triggers.all().flatMap(({ definition }) => typesOf(definition));
      const isWanted = createTypeMatcher([lifecycle, messageTaken, ...wanted]);
      this.#follows = (one) => isWanted(one) && !isDelta(one);
      this.#version = triggers.version;
    }
    return this.#follows(type);
  }

  /** Whether something may be due since this was asked last. */
  takeStirred(): boolean {
    const stirred = this.#stirred;
    this.#stirred = false;
    return stirred;
  }

  forget(): void {
    this.#parts.triggers.forget();
  }

  apply(event: StoredEvent): void {
    if (event.type.startsWith("trigger.")) {
      this.#keep(event);
      return;
    }
    if (event.type === messageTaken) {
      const { message } = event.value as HubEventPayload<"message.accepted">;
      if (message.turnId !== null) {
        this.#parts.firings.noteTurn(message.messageId, message.turnId);
      }
    }
    const { type, threadId, seq, at, value: payload } = event;
    this.#react({ type, threadId, seq, at, payload });
  }

  /** What becomes of the triggers themselves. */
  #keep(event: StoredEvent): void {
    const { triggers, firings, secrets, audit } = this.#parts;
    switch (event.type) {
      case "trigger.deleted": {
        const { triggerId } = event.value as HubEventPayload<"trigger.deleted">;
        triggers.remove(triggerId);
        secrets.remove(triggerId);
        break;
      }
      case "trigger.fired": {
        const { firing } = event.value as HubEventPayload<"trigger.fired">;
        firings.end(firing);
        const { triggerId, firingId, sessionId, state, error, guards, result, cause } = firing;
        audit.record({
          surface: "hub",
          operation: "trigger.fired",
          sessionId,
          outcome: error?.code ?? (state === "done" ? "ok" : state),
          details: {
            triggerId,
            firingId,
            cause: cause.type,
            ...result,
            heldBackBy: guards.find(({ passes }) => !passes)?.guard,
          },
        });
        break;
      }
      default: {
        const { trigger, changed } = event.value as HubEventPayload<"trigger.updated">;
        const before = triggers.get(trigger.triggerId);
        const isSame = changed !== undefined && !changed.includes("when");
        triggers.put(
          trigger,
          isSame && before !== undefined ? before.timing : this.#timingOf(trigger, before, event),
        );
      }
    }
    this.#stirred = true;
  }

  /** When a trigger is due from this event on. One that was only paused keeps its phase. */
  #timingOf(
    trigger: TriggerDefinition,
    before: KeptTrigger | undefined,
    { at, type }: StoredEvent,
  ): Timing {
    const { when, sessionId, enabled } = trigger;
    const anchor = type === "trigger.updated" ? at : (before?.timing.anchor ?? at);
    const rest = { anchor, nextDueAt: null, idleSince: null, idleTurnId: null };
    if (!enabled) return rest;
    if (isTimed(when)) return { ...rest, nextDueAt: dueAfter(when, anchor, at) };
    if (when.type !== "idle_for" || this.#parts.isBusy(sessionId)) return rest;
    return { ...rest, nextDueAt: at + when.seconds * 1_000, idleSince: at };
  }

  #react(event: TriggerEvent): void {
    for (const { definition } of this.#parts.triggers.all()) {
      if (!definition.enabled) continue;
      if (definition.when.type === "idle_for")
        this.#rest(definition, definition.when.seconds, event);
      else this.#fire(definition, event);
    }
  }

  #fire(definition: TriggerDefinition, event: TriggerEvent): void {
    const cause = causeOf(definition, event);
    if (cause === undefined) return;
    const turnId = "turnId" in cause ? cause.turnId : null;
    const { firings } = this.#parts;
    firings.add({
      ...newFiringOf(definition),
      cause,
      depth: firings.depthOf(turnId),
      event,
      dueAt: event.at,
    });
    this.#stirred = true;
  }

  /** A session rests from the end of its last turn on. */
  #rest({ triggerId, sessionId }: TriggerDefinition, seconds: number, event: TriggerEvent): void {
    const { type, threadId, at } = event;
    if (threadId !== sessionId || (type !== turnEnded && type !== turnBegan)) return;
    const isIdle = type === turnEnded;
    this.#parts.triggers.setTiming(triggerId, {
      nextDueAt: isIdle ? at + seconds * 1_000 : null,
      idleSince: isIdle ? at : null,
      idleTurnId: isIdle ? turnOf(event).id : null,
    });
    this.#stirred = true;
  }
}

/** What a firing has of its trigger. */
export function newFiringOf({ triggerId, name, sessionId, action }: TriggerDefinition) {
  const targetId = targetOf(action) ?? sessionId;
  return { id: newId("fir"), triggerId, name, sessionId, targetId, action: action.type };
}

function targetOf(action: TriggerDefinition["action"]): string | undefined {
  switch (action.type) {
    case "send":
      return action.sessionId;
    case "notice":
      return action.to ?? undefined;
    default:
      return undefined;
  }
}
