/** The operations on subscriptions, which are triggers that tell. */
import { isDeepStrictEqual } from "node:util";
import {
  type OperationInput,
  type OperationOutput,
  SignalboxError,
  type Subscription,
  subscriptionWhens,
  subscriptionWords,
  type TriggerDefinition,
} from "@signalbox/contract";
import type { Roster } from "../../sessions/roster.ts";
import type { Selectors } from "../../sessions/selectors.ts";
import { pageOf } from "../../store/page.ts";
import type { TriggerStore } from "../triggers/trigger-store.ts";
import type { Triggers } from "../triggers/triggers.ts";

/** What the operations need of the hub. */
export interface SubscriptionsParts {
  readonly triggers: Triggers;
  readonly store: TriggerStore;
  readonly selectors: Selectors;
  readonly roster: Roster;
}

/** Makes, lists and takes away. */
export class Subscriptions {
  readonly #parts: SubscriptionsParts;

  constructor(parts: SubscriptionsParts) {
    this.#parts = parts;
  }

  async create(
    input: OperationInput<"subscriptions.create">,
  ): Promise<OperationOutput<"subscriptions.create">> {
    const { sessionId, when, to, deliver, once, maxPerHour, name = when, actor } = input;
    const { trigger } = await this.#parts.triggers.create({
      sessionId,
      name,
      when: subscriptionWhens[when],
      action: { type: "notice", to: to ?? null, deliver },
      guards: { idleOnly: false, deduplicate: false, once, maxPerHour },
      enabled: true,
      actor,
    });
    return { status: "ok", subscription: toSubscription(trigger)! };
  }

  list(input: OperationInput<"subscriptions.list">): OperationOutput<"subscriptions.list"> {
    const { sessionId } = input;
    const to = input.to === undefined ? undefined : this.#known(input.to);
    const all = this.#parts.store
      .all()
      .flatMap(({ definition }) => toSubscription(definition) ?? [])
      .filter(
        (one) =>
          (sessionId === undefined || one.sessionId === sessionId) &&
          (to === undefined || one.to === to),
      );
    const { rows, nextCursor } = pageOf(all, input, ({ triggerId }) => triggerId);
    return { data: rows, nextCursor };
  }

  async delete(
    input: OperationInput<"subscriptions.delete">,
  ): Promise<OperationOutput<"subscriptions.delete">> {
    const { triggerId } = input;
    const { triggers } = this.#parts;
    if (toSubscription(triggers.find(triggerId).definition) === undefined) {
      throw new SignalboxError(
        "trigger_not_found",
        `The trigger ${triggerId} is no subscription. Take it away as a trigger.`,
        { details: { triggerId } },
      );
    }
    return triggers.delete(input);
  }

  #known(given: string): string {
    const { selectors, roster } = this.#parts;
    const sessionId = selectors.resolve(given);
    if (!roster.isKept(sessionId)) throw roster.unknown(given);
    return sessionId;
  }
}

/** A trigger as a subscription; undefined where it tells nobody, or of something for which there is no word. */
function toSubscription(definition: TriggerDefinition): Subscription | undefined {
  const { action, guards, triggerId, name, sessionId, enabled, createdAt } = definition;
  if (action.type !== "notice") return undefined;
  const when = subscriptionWords.find((word) =>
    isDeepStrictEqual(subscriptionWhens[word], definition.when),
  );
  if (when === undefined) return undefined;
  const { to, deliver } = action;
  const { once, maxPerHour = null } = guards;
  return { triggerId, name, sessionId, when, to, deliver, once, maxPerHour, enabled, createdAt };
}
