/** The operations on policies. */
import type { OperationInput, OperationOutput, Policy } from "@signalbox/contract";
import type { Roster } from "../sessions/roster.ts";
import type { Policies } from "./policies.ts";

/** Reads and sets policies. Those of a session are there while it is. */
export class PolicySettings {
  readonly #policies: Policies;
  readonly #roster: Roster;

  constructor(policies: Policies, roster: Roster) {
    this.#policies = policies;
    this.#roster = roster;
  }

  get(): OperationOutput<"policies.get"> {
    return { policy: this.#policies.default };
  }

  set(input: OperationInput<"policies.set">): OperationOutput<"policies.set"> {
    return { status: "ok", policy: this.#policies.set(toPolicy(input)) };
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

  setOf(input: OperationInput<"sessions.policy.set">): OperationOutput<"sessions.policy.set"> {
    const { sessionId } = input;
    this.#roster.find(sessionId);
    return { status: "ok", sessionId, policy: this.#policies.set(toPolicy(input), sessionId) };
  }

  unsetOf({
    sessionId,
  }: OperationInput<"sessions.policy.unset">): OperationOutput<"sessions.policy.unset"> {
    this.#roster.find(sessionId);
    this.#policies.unset(sessionId);
    return { status: "ok", sessionId, policy: this.#policies.default };
  }
}

function toPolicy({ mode, rules, deadlines }: Policy): Policy {
  return { mode, rules, deadlines };
}
