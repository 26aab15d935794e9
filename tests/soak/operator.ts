/** The person who answers questions: after a while, sometimes wrongly twice at once, and until the very end. */
import type { RequestRecord } from "@signalbox/contract";
import { isSignalboxError, type Signalbox } from "@signalbox/sdk";
import { pick } from "../faults/random.ts";
import { Rounds } from "./rounds.ts";

/** An answer that was given, and what the hub said to it. */
export interface Given {
  /** Who gave it: another name for each answer. */
  readonly actor: string;
  readonly requestId: string;
  readonly decision: "accept" | "decline" | "cancel";
  /** taken: it is the answer; late: another was; unknown: nothing was heard of it. */
  readonly said: "taken" | "late" | "unknown";
  /** The error's code, where there was one. */
  readonly code: string | undefined;
}

const decisions = ["accept", "accept", "decline", "cancel"] as const;
/** Errors of an answer that comes too late. */
const late: readonly string[] = ["already_resolved", "not_eligible"];
/** Longest time a question waits for its answer, in ms: long enough for a rule, mostly. */
const patience = 2_000;

/** Answers until it is stopped. */
export class Operator {
  readonly given: Given[] = [];
  readonly #box: Signalbox;
  readonly #random: () => number;
  #answers = 0;
  readonly #rounds: Rounds;

  constructor(box: Signalbox, random: () => number) {
    this.#box = box;
    this.#random = random;
    this.#rounds = new Rounds(
      () => 300,
      () => this.#look(),
    );
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  async #look(): Promise<void> {
    const { data } = await this.#box.requests.list({ state: "pending", limit: 200 });
    const ripe = data.filter(({ openedAt }) => Date.now() - openedAt > this.#random() * patience);
    await Promise.all(ripe.flatMap((request) => this.#answer(request)));
  }

  /** One answer, or two at the same time. */
  #answer({ requestId }: RequestRecord): Promise<void>[] {
    const times = this.#random() < 0.25 ? 2 : 1;
    return Array.from({ length: times }, () =>
      this.#give(requestId, pick(this.#random, decisions), `operator-${++this.#answers}`),
    );
  }

  async #give(requestId: string, decision: Given["decision"], actor: string): Promise<void> {
    const answer = { kind: "command_approval", decision } as const;
    const note = (said: Given["said"], code?: string) =>
      this.given.push({ actor, requestId, decision, said, code });
    try {
      await this.#box.requests.respond({ requestId, answer, actor });
      note("taken");
    } catch (error) {
      if (!isSignalboxError(error)) throw error;
      const { code } = error;
      note(late.includes(code) ? "late" : "unknown", code);
    }
  }
}
