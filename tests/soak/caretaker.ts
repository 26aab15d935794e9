/** The person who looks after queues that are held: lets them go on, and decides about what is not known. */
import type { Signalbox } from "@signalbox/sdk";
import { pick } from "../faults/random.ts";
import { Rounds } from "./rounds.ts";

/** Looks at all sessions, until it is stopped. */
export class Caretaker {
  /** How often a hold was ended, by its reason and the choice made. */
  readonly resumed: Record<string, number> = {};
  /** How often messages were said again by its choice, by their ids: Codex showed none of them. */
  readonly resent = new Map<string, number>();
  readonly #box: Signalbox;
  readonly #random: () => number;
  readonly #rounds: Rounds;

  constructor(box: Signalbox, random: () => number) {
    this.#box = box;
    this.#random = random;
    this.#rounds = new Rounds(
      () => 500 + random() * 1_500,
      () => this.resumeAll(),
    );
  }

  stop(): Promise<void> {
    return this.#rounds.stop();
  }

  /** Lets every queue that is held go on; gives how many were. */
  async resumeAll(): Promise<number> {
    const { data } = await this.#box.sessions.list({ limit: 200 });
    const held = data.filter(({ queueHold }) => queueHold !== null);
    for (const { sessionId, queueHold } of held) await this.#resume(sessionId, queueHold!.reason);
    return held.length;
  }

  async #resume(sessionId: string, reason: string): Promise<void> {
    const choice = await this.#chooseFor(sessionId);
    if (choice === "clear") await this.#box.queue.clear({ sessionId });
    else await this.#box.queue.resume({ sessionId, ambiguous: choice });
    const what = `${reason}, ${choice}`;
    this.resumed[what] = (this.resumed[what] ?? 0) + 1;
  }

  /** Only what no turn of its thread shows, and never will, is said again. */
  async #chooseFor(sessionId: string): Promise<"keep" | "drop" | "resend" | "clear"> {
    const { data } = await this.#box.messages.list({ sessionId, state: "ambiguous", limit: 100 });
    const undecided = data.filter(({ ambiguity }) => ambiguity?.kept === false);
    if (undecided.length === 0) return this.#random() < 0.03 ? "clear" : "keep";
    const isAbsent = undecided.every(
      ({ ambiguity }) => ambiguity?.evidence?.whole === true && ambiguity.evidence.processEnded,
    );
    if (!isAbsent) return pick(this.#random, ["keep", "drop"]);
    const choice = pick(this.#random, ["keep", "drop", "resend"] as const);
    if (choice !== "resend") return choice;
    for (const { messageId } of undecided) {
      this.resent.set(messageId, (this.resent.get(messageId) ?? 0) + 1);
    }
    return choice;
  }
}
