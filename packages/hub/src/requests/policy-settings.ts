/** The operations on policies. */
import type { Operations, OutputOf, ParsedInputOf, Policy } from "@signalbox/contract";
import type { Roster } from "../sessions/roster.ts";
import type { Policies } from "./policies.ts";

type In<Name extends keyof Operations> = ParsedInputOf<Operations[Name]>;
type Out<Name extends keyof Operations> = OutputOf<Operations[Name]>;

/** Reads and sets policies. Those of a session are there while it is. */
export class PolicySettings {
  readonly #policies: Policies;
  readonly #roster: Roster;

  constructor(policies: Policies, roster: Roster) {
    this.#policies = policies;
    this.#roster = roster;
  }

  get(): Out<"policies.get"> {
    return { policy: this.#policies.default };
  }

  set(input: In<"policies.set">): Out<"policies.set"> {
    return { status: "ok", policy: this.#policies.set(toPolicy(input)) };
  }

  getOf({ sessionId }: In<"sessions.policy.get">): Out<"sessions.policy.get"> {
    this.#roster.find(sessionId);
    const own = this.#policies.own(sessionId);
    return own === undefined
      ? { sessionId, policy: this.#policies.default, source: "default" }
      : { sessionId, policy: own, source: "session" };
  }

  setOf(input: In<"sessions.policy.set">): Out<"sessions.policy.set"> {
    const { sessionId } = input;
    this.#roster.find(sessionId);
    return { status: "ok", sessionId, policy: this.#policies.set(toPolicy(input), sessionId) };
  }

  unsetOf({ sessionId }: In<"sessions.policy.unset">): Out<"sessions.policy.unset"> {
    this.#roster.find(sessionId);
    this.#policies.unset(sessionId);
    return { status: "ok", sessionId, policy: this.#policies.default };
  }
}

function toPolicy({ mode, rules, deadlines }: Policy): Policy {
  return { mode, rules, deadlines };
}
