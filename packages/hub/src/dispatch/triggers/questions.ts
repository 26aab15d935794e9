/** The questions that triggers answer, by rules that can say no more than those of a policy. */
import type { PolicyRule } from "@signalbox/contract";
import { decide } from "../../requests/policy.ts";
import { toPolicyAnswer } from "../../requests/policy-answer.ts";
import { toPolicyFacts } from "../../requests/policy-facts.ts";
import type { RequestStore } from "../../requests/request-store.ts";
import type { Requests } from "../../requests/requests.ts";

/** How an `answer` decides. */
export interface AnswerRules {
  readonly mode: "deny" | "rules";
  readonly rules: readonly PolicyRule[];
}

/** An answer that rules gave. */
type Decided = NonNullable<ReturnType<typeof toPolicyAnswer>>;

/** Asks and answers. */
export class Questions {
  readonly #store: RequestStore;
  readonly #requests: Requests;

  constructor(store: RequestStore, requests: Requests) {
    this.#store = store;
    this.#requests = requests;
  }

  /** Whether a question waits for its answer. */
  isOpen(requestId: string): boolean {
    return this.#store.get(requestId)?.state === "pending";
  }

  /** The trigger, or policy, that answered a question; undefined where none did. */
  answeredBy(requestId: string): string | undefined {
    return this.#store.get(requestId)?.resolution?.decidedBy?.policy;
  }

  /** What the rules make of a question; undefined where they leave it to people, or to another client. */
  decide(requestId: string, { mode, rules }: AnswerRules, triggerId: string): Decided | undefined {
    const row = this.#store.get(requestId);
    if (row === undefined || row.deadlineAt === null) return undefined;
    const verdict = decide({ mode, rules: [...rules], deadlines: {} }, toPolicyFacts(row));
    return toPolicyAnswer(row, { ...verdict, policy: triggerId });
  }

  /** Answers; rejects with `already_resolved` or `not_eligible` where that comes too late, and with `session_attached`. */
  async answer(requestId: string, { answer, ending }: Decided): Promise<void> {
    const row = this.#requests.findOwn(requestId, "request_not_found");
    await this.#requests.answer(row, answer, ending);
  }
}
