/** Whether a trigger may be: what it says means something, its sessions may be acted on, and it does not go round. */
import { SignalboxError, type TriggerAction, type TriggerDefinition } from "@signalbox/contract";
import { withRealFolders } from "../../requests/policies.ts";
import type { Roster } from "../../sessions/roster.ts";
import type { Selectors } from "../../sessions/selectors.ts";
import { checkTrigger } from "./check-trigger.ts";
import { roundThrough } from "./loops.ts";
import type { TriggerStore } from "./trigger-store.ts";

/** What the checks look at. */
export interface TriggerChecksParts {
  readonly triggers: TriggerStore;
  readonly roster: Roster;
  readonly selectors: Selectors;
}

/** Checks triggers before they are kept. */
export class TriggerChecks {
  readonly #parts: TriggerChecksParts;

  constructor(parts: TriggerChecksParts) {
    this.#parts = parts;
  }

  /** The action with its session and its folders resolved. Throws where the trigger means nothing, or must not be. */
  checked(
    sessionId: string,
    { when, action }: { when: TriggerDefinition["when"]; action: TriggerAction },
    now: number,
  ): TriggerAction {
    const { roster } = this.#parts;
    // To watch another client's session and act elsewhere is no writing.
    const actsElsewhere =
      action.type === "post" ||
      action.type === "notice" ||
      (action.type === "send" && action.sessionId !== undefined);
    roster.writable(sessionId, { evenAttached: actsElsewhere });
    checkTrigger({ when, action }, now);
    if (action.type === "send" && action.sessionId !== undefined) {
      const target = this.#parts.selectors.resolve(action.sessionId);
      roster.writable(target);
      return { ...action, sessionId: target };
    }
    if (action.type === "notice" && action.to !== null) {
      const to = this.#parts.selectors.resolve(action.to);
      // What can't be said in it is left in its inbox.
      roster.writable(to, { evenAttached: true });
      return { ...action, to };
    }
    if (action.type !== "answer") return action;
    const { rules } = withRealFolders({ mode: action.mode, rules: action.rules, deadlines: {} });
    return { ...action, rules };
  }

  /** Throws `self_loop` for one that would set itself off without end. */
  refuseRound(definition: TriggerDefinition): void {
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
}
