/** The operations on triggers. Each change is one event, and the rows follow from it. */
import { isDeepStrictEqual } from "node:util";
import {
  type HubEventName,
  type HubEventPayload,
  type OperationInput,
  type OperationOutput,
  type ShownAction,
  SignalboxError,
  type Trigger,
  type TriggerAction,
  type TriggerDefinition,
} from "@signalbox/contract";
import { type NewEvent, toNewEvent } from "../../journal/event.ts";
import type { EventLog } from "../../journal/event-log.ts";
import { withRealFolders } from "../../requests/policies.ts";
import type { Roster } from "../../sessions/roster.ts";
import type { Selectors } from "../../sessions/selectors.ts";
import { newId } from "../../store/new-id.ts";
import { toPage } from "../../store/page.ts";
import { checkTrigger } from "./check-trigger.ts";
import type { Clock } from "./clock.ts";
import { toFiring } from "./firing-row.ts";
import type { FiringStore } from "./firing-store.ts";
import { roundThrough } from "./loops.ts";
import type { Secrets, TriggerSecrets } from "./trigger-secrets.ts";
import type { KeptTrigger, TriggerStore } from "./trigger-store.ts";
import { newWebhookSecret } from "./webhook-secret.ts";

/** What the operations need of the hub. */
export interface TriggersParts {
  readonly triggers: TriggerStore;
  readonly secrets: TriggerSecrets;
  readonly firings: FiringStore;
  readonly roster: Roster;
  readonly selectors: Selectors;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Triggers the hub keeps, at most: all are looked at for each event they follow. */
export const maxTriggers = 1_000;

/** Makes, reads and changes triggers. */
export class Triggers {
  readonly #parts: TriggersParts;

  constructor(parts: TriggersParts) {
    this.#parts = parts;
  }

  async create(
    input: OperationInput<"triggers.create">,
  ): Promise<OperationOutput<"triggers.create">> {
    const { name, sessionId, when, guards, enabled, actor } = input;
    const { triggers, clock, events } = this.#parts;
    const triggerId = newId("trg");
    const now = clock.now();
    const action = this.#checked(sessionId, input, now);
    const definition: TriggerDefinition = {
      triggerId,
      name,
      sessionId,
      when,
      action: toShown(action),
      guards,
      enabled,
      createdAt: now,
      updatedAt: now,
    };
    const secrets = secretsOf(when.type === "webhook" ? newWebhookSecret() : null, action);
    await events.append(() => {
      if (triggers.size >= maxTriggers) throw tooMany();
      this.#refuseRound(definition);
      this.#parts.secrets.put(triggerId, secrets);
      return [toTriggerEvent("trigger.created", definition, now, actor)];
    });
    return { status: "ok", trigger: this.#shown(triggerId), secret: secrets.webhook };
  }

  list(input: OperationInput<"triggers.list">): OperationOutput<"triggers.list"> {
    const { sessionId, order, cursor, limit } = input;
    const all = this.#parts.triggers.all();
    const ordered = order === "newest" ? all.toReversed() : all;
    const isBeyond = (id: string) =>
      cursor === undefined || (order === "newest" ? id < cursor : id > cursor);
    const read = ordered.filter(
      ({ definition }) =>
        isBeyond(definition.triggerId) &&
        (sessionId === undefined || definition.sessionId === sessionId),
    );
    const { rows, nextCursor } = toPage(
      read.slice(0, limit + 1),
      limit,
      ({ definition }) => definition.triggerId,
    );
    return { data: rows.map(toTrigger), nextCursor };
  }

  get({ triggerId }: OperationInput<"triggers.get">): OperationOutput<"triggers.get"> {
    return { trigger: this.#shown(triggerId) };
  }

  async update(
    input: OperationInput<"triggers.update">,
  ): Promise<OperationOutput<"triggers.update">> {
    const { triggerId, actor } = input;
    const { events, secrets, clock } = this.#parts;
    const now = clock.now();
    let secret: string | null = null;
    const before = secrets.get(triggerId);
    this.find(triggerId);
    try {
      await events.append(() => {
        const { definition } = this.find(triggerId);
        const next = this.#updated(definition, input, now);
        const changed = (["name", "when", "action", "guards"] as const).filter(
          (field) => !isDeepStrictEqual(definition[field], next[field]),
        );
        const isNewHook = next.when.type === "webhook" && before.webhook === null;
        secret = isNewHook ? newWebhookSecret() : null;
        const kept = secretsOf(
          next.when.type === "webhook" ? (secret ?? before.webhook) : null,
          input.action,
          before,
        );
        if (!isDeepStrictEqual(kept, before)) secrets.put(triggerId, kept);
        if (changed.length === 0) return [];
        const payload: HubEventPayload<"trigger.updated"> = {
          trigger: next,
          changed,
          ...(actor === undefined ? {} : { actor }),
        };
        return [toNewEvent("trigger.updated", next.sessionId, payload, now)];
      });
    } catch (error) {
      // Headers must not go to an address they were not given for.
      secrets.put(triggerId, before);
      throw error;
    }
    return { status: "ok", trigger: this.#shown(triggerId), secret };
  }

  async delete({
    triggerId,
    actor,
  }: OperationInput<"triggers.delete">): Promise<OperationOutput<"triggers.delete">> {
    await this.#parts.events.append(() => [
      toDeletedEvent(this.find(triggerId).definition, this.#parts.clock.now(), actor),
    ]);
    return { status: "ok", triggerId };
  }

  pause({ triggerId, actor }: OperationInput<"triggers.pause">) {
    return this.#switch(triggerId, false, actor);
  }

  resume({ triggerId, actor }: OperationInput<"triggers.resume">) {
    return this.#switch(triggerId, true, actor);
  }

  async rotateSecret({
    triggerId,
  }: OperationInput<"triggers.rotate_secret">): Promise<OperationOutput<"triggers.rotate_secret">> {
    const { secrets } = this.#parts;
    const { when } = this.find(triggerId).definition;
    if (when.type !== "webhook") {
      throw new SignalboxError(
        "not_a_webhook",
        `The trigger ${triggerId} is one of ${when.type}: only those of webhooks have a secret.`,
        { details: { triggerId } },
      );
    }
    const secret = newWebhookSecret();
    secrets.put(triggerId, { ...secrets.get(triggerId), webhook: secret });
    return { status: "ok", triggerId, secret };
  }

  /** A page of the history. */
  firings(
    input: OperationInput<"triggers.firings.list">,
  ): OperationOutput<"triggers.firings.list"> {
    const read = this.#parts.firings.list({ ...input, limit: input.limit + 1 });
    const { rows, nextCursor } = toPage(read, input.limit, ({ number }) => String(number));
    return { data: rows.map(toFiring), nextCursor };
  }

  /** Takes the triggers of sessions that were deleted away. */
  async removeOrphans(): Promise<void> {
    const { triggers, roster, clock, events } = this.#parts;
    const isOrphan = ({ definition }: KeptTrigger) => roster.isDeleted(definition.sessionId);
    if (!triggers.all().some(isOrphan)) return;
    await events.append(() =>
      triggers
        .all()
        .filter(isOrphan)
        .map(({ definition }) => toDeletedEvent(definition, clock.now())),
    );
  }

  /** One. Throws `trigger_not_found`. */
  find(triggerId: string): KeptTrigger {
    const kept = this.#parts.triggers.get(triggerId);
    if (kept !== undefined) return kept;
    throw new SignalboxError("trigger_not_found", `There is no trigger ${triggerId}.`, {
      details: { triggerId },
    });
  }

  async #switch(triggerId: string, enabled: boolean, actor: string | undefined) {
    const { events, clock } = this.#parts;
    await events.append(() => {
      const { definition } = this.find(triggerId);
      if (definition.enabled === enabled) return [];
      const now = clock.now();
      const type = enabled ? "trigger.resumed" : "trigger.paused";
      return [toTriggerEvent(type, { ...definition, enabled, updatedAt: now }, now, actor)];
    });
    return { status: "ok" as const, trigger: this.#shown(triggerId) };
  }

  #updated(
    definition: TriggerDefinition,
    { name, when, action, guards }: OperationInput<"triggers.update">,
    now: number,
  ): TriggerDefinition {
    const shown = action ?? withoutHeaders(definition.action);
    const checked = this.#checked(
      definition.sessionId,
      { when: when ?? definition.when, action: shown },
      now,
    );
    const next: TriggerDefinition = {
      ...definition,
      name: name ?? definition.name,
      when: when ?? definition.when,
      action: action === undefined ? definition.action : toShown(checked),
      guards: guards ?? definition.guards,
      updatedAt: now,
    };
    this.#refuseRound(next);
    return next;
  }

  /** The action with its session and its folders resolved. Throws where the trigger means nothing, or must not be. */
  #checked(
    sessionId: string,
    { when, action }: { when: TriggerDefinition["when"]; action: TriggerAction },
    now: number,
  ): TriggerAction {
    const { roster } = this.#parts;
    // To watch another client's session, or the hub's own, and tell of it is no writing.
    roster.writable(sessionId, { evenAttached: action.type === "post" });
    checkTrigger({ when, action }, now);
    if (action.type === "send" && action.sessionId !== undefined) {
      const target = this.#parts.selectors.resolve(action.sessionId);
      roster.writable(target);
      return { ...action, sessionId: target };
    }
    if (action.type !== "answer") return action;
    const { rules } = withRealFolders({ mode: action.mode, rules: action.rules, deadlines: {} });
    return { ...action, rules };
  }

  #refuseRound(definition: TriggerDefinition): void {
    const others = this.#parts.triggers
      .all()
      .filter((other) => other.definition.triggerId !== definition.triggerId);
    const round = roundThrough(
      definition,
      others.map((other) => other.definition),
    );
    if (round === undefined) return;
    throw new SignalboxError(
      "self_loop",
      `What this trigger says would set it off again, without end (${round.join(" -> ")}). Bound it with guards.maxPerHour or guards.minIntervalSeconds.`,
      { details: { sessionIds: round } },
    );
  }

  #shown(triggerId: string): Trigger {
    return toTrigger(this.find(triggerId));
  }
}

function toTrigger({ definition, timing }: KeptTrigger): Trigger {
  return { ...definition, nextDueAt: timing.nextDueAt };
}

function toShown(action: TriggerAction): ShownAction {
  if (action.type !== "post") return action;
  const { headers, ...rest } = action;
  return { ...rest, headerNames: Object.keys(headers) };
}

/** An action that was kept, as it would be given. */
function withoutHeaders(action: ShownAction): TriggerAction {
  if (action.type !== "post") return action;
  const { headerNames: _, ...rest } = action;
  return { ...rest, headers: {} };
}

/** What is secret of a trigger: of an action that is not given again what it was before. */
function secretsOf(
  webhook: string | null,
  action: TriggerAction | undefined,
  before: Secrets = { webhook: null, headers: {} },
): Secrets {
  if (action === undefined) return { webhook, headers: before.headers };
  return { webhook, headers: action.type === "post" ? action.headers : {} };
}

type StateEvent = Extract<HubEventName, `trigger.${"created" | "paused" | "resumed"}`>;

function toTriggerEvent(
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

function toDeletedEvent(
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

function tooMany(): SignalboxError {
  return new SignalboxError(
    "too_many_triggers",
    `The hub keeps ${maxTriggers} triggers at most. Delete one first.`,
    { details: { limit: maxTriggers } },
  );
}
