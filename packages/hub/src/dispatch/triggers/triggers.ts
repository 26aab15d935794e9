/** The operations on triggers. Each change is one event, and the rows follow from it. */
import { isDeepStrictEqual } from "node:util";
import {
  type HubEventPayload,
  type OperationInput,
  type OperationOutput,
  SignalboxError,
  type Trigger,
  type TriggerDefinition,
} from "@signalbox/contract";
import { toNewEvent } from "../../journal/event.ts";
import type { EventLog } from "../../journal/event-log.ts";
import { newId } from "../../store/new-id.ts";
import { pageOf, toPage } from "../../store/page.ts";
import type { Clock } from "./clock.ts";
import { toFiring } from "./firing-row.ts";
import type { FiringStore } from "./firing-store.ts";
import { TriggerChecks, type TriggerChecksParts } from "./trigger-checks.ts";
import { toDeletedEvent, toTriggerEvent } from "./trigger-events.ts";
import type { TriggerSecrets } from "./trigger-secrets.ts";
import { secretsOf, toShown, toTrigger, withoutHeaders } from "./trigger-shapes.ts";
import type { KeptTrigger } from "./trigger-store.ts";
import { newWebhookSecret } from "./webhook-secret.ts";

/** What the operations need of the hub. */
export interface TriggersParts extends TriggerChecksParts {
  readonly secrets: TriggerSecrets;
  readonly firings: FiringStore;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Triggers the hub keeps, at most: all are looked at for each event they follow. */
export const maxTriggers = 1_000;

/** Makes, reads and changes triggers. */
export class Triggers {
  readonly #parts: TriggersParts;
  readonly #checks: TriggerChecks;

  constructor(parts: TriggersParts) {
    this.#parts = parts;
    this.#checks = new TriggerChecks(parts);
  }

  async create(
    input: OperationInput<"triggers.create">,
  ): Promise<OperationOutput<"triggers.create">> {
    const { name, sessionId, when, guards, enabled, actor } = input;
    const { triggers, clock, events } = this.#parts;
    const triggerId = newId("trg");
    const now = clock.now();
    const action = this.#checks.checked(sessionId, input, now);
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
      this.#checks.refuseRound(definition);
      this.#parts.secrets.put(triggerId, secrets);
      return [toTriggerEvent("trigger.created", definition, now, actor)];
    });
    return { status: "ok", trigger: this.#shown(triggerId), secret: secrets.webhook };
  }

  list(input: OperationInput<"triggers.list">): OperationOutput<"triggers.list"> {
    const { sessionId } = input;
    const all = this.#parts.triggers
      .all()
      .filter(({ definition }) => sessionId === undefined || definition.sessionId === sessionId);
    const { rows, nextCursor } = pageOf(all, input, ({ definition }) => definition.triggerId);
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
    const checked = this.#checks.checked(
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
    this.#checks.refuseRound(next);
    return next;
  }

  #shown(triggerId: string): Trigger {
    return toTrigger(this.find(triggerId));
  }
}

function tooMany(): SignalboxError {
  return new SignalboxError(
    "too_many_triggers",
    `The hub keeps ${maxTriggers} triggers at most. Delete one first.`,
    { details: { limit: maxTriggers } },
  );
}
