/** The operations on policies. */
import { isDeepStrictEqual } from "node:util";
import type { HubEventPayload, OperationInput, OperationOutput, Policy } from "@signalbox/contract";
import { toNewEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { Roster } from "../sessions/roster.ts";
import { type Policies, withRealFolders } from "./policies.ts";

/** Reads and sets policies. Those of a session are there while it is. Each change is one event. */
export class PolicySettings {
  readonly #policies: Policies;
  readonly #roster: Roster;
  readonly #events: EventLog;

  constructor(policies: Policies, roster: Roster, events: EventLog) {
    this.#policies = policies;
    this.#roster = roster;
    this.#events = events;
  }

  get(): OperationOutput<"policies.get"> {
    return { policy: this.#policies.default };
  }

  async set(input: OperationInput<"policies.set">): Promise<OperationOutput<"policies.set">> {
    const policy = toPolicy(input);
    await this.#change(null, policy, input.actor);
    return { status: "ok", policy };
  }

  getOf({
    sessionId,
  }: OperationInput<"sessions.policy.get">): OperationOutput<"sessions.policy.get"> {
    this.#roster.find(sessionId);
    const own = this.#policies.own(sessionId);
    return own === undefined
      ? { sessionId, policy: this.#policies.default, source: "default" }
      : { sessionId, policy: own, source: "session" };
  }

  async setOf(
    input: OperationInput<"sessions.policy.set">,
  ): Promise<OperationOutput<"sessions.policy.set">> {
    const { sessionId, actor } = input;
    this.#roster.writable(sessionId, { asSystem: true });
    const policy = toPolicy(input);
    await this.#change(sessionId, policy, actor);
    return { status: "ok", sessionId, policy };
  }

  async unsetOf({
    sessionId,
    actor,
  }: OperationInput<"sessions.policy.unset">): Promise<OperationOutput<"sessions.policy.unset">> {
    this.#roster.writable(sessionId, { asSystem: true });
    await this.#change(sessionId, null, actor);
    return { status: "ok", sessionId, policy: this.#policies.default };
  }

  /** Stores a policy and tells of it, unless nothing differs. */
  async #change(sessionId: string | null, policy: Policy | null, actor?: string): Promise<void> {
    await this.#events.append(() => {
      const previous =
        sessionId === null ? this.#policies.default : (this.#policies.own(sessionId) ?? null);
      if (isDeepStrictEqual(previous, policy)) return [];
      const by = actor === undefined ? {} : { actor };
      const payload: HubEventPayload<"policy.updated"> = { sessionId, policy, previous, ...by };
      return [toNewEvent("policy.updated", sessionId, payload, Date.now())];
    });
  }
}

/** As it is kept, with links in its folders resolved. Throws `invalid_request` for a folder that leads nowhere. */
function toPolicy({ mode, rules, deadlines }: Policy): Policy {
  return withRealFolders({ mode, rules, deadlines });
}
