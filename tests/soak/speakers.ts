/**
 * Speakers: one a session, who says something now and then in any of the five ways, and sometimes takes
 * back, changes or moves what waits. Half of them say it under a key and ask until they are answered.
 */
import { setTimeout as wait } from "node:timers/promises";
import { isSignalboxError, type Signalbox } from "@signalbox/sdk";
import { pick } from "../faults/random.ts";
import { askings, type Manner, marked } from "./marks.ts";

/** How a message was said. */
export type Mode = "start" | "steer" | "queue" | "interject" | "context";

/** One thing that was said, and how the hub answered. */
export interface Said {
  readonly mark: string;
  readonly sessionId: string;
  readonly mode: Mode;
  /** taken: the hub has it; refused: nothing was done; unknown: the answer was lost. */
  readonly answer: "taken" | "refused" | "unknown";
  /** Of what was taken. */
  readonly messageId: string | undefined;
  /** The error's code, where there was one. */
  readonly code: string | undefined;
}

/** What was done beside saying things. */
export interface Touched {
  /** Marks of messages whose place may have been changed. */
  readonly moved: Set<string>;
  /** Ids of messages of which the hub said that they were taken out. */
  readonly canceled: Set<string>;
}

const modes: readonly Mode[] = [
  ...(["queue", "queue", "queue", "queue", "queue", "queue"] as const),
  ...(["start", "start", "steer", "steer", "interject", "context"] as const),
];
const manners: readonly Manner[] = [
  ...(["quick", "quick", "quick", "slow", "slow", "failing"] as const),
  ...askings,
];

/** Sends of one message under a key, at most. */
const maxAttempts = 40;

export interface SpeakersOptions {
  readonly box: Signalbox;
  readonly sessions: readonly string[];
  readonly random: () => number;
  /** Milliseconds between two messages of one session, on average. */
  readonly pause: number;
}

/** Speaks until it is stopped. */
export class Speakers {
  readonly said: Said[] = [];
  readonly touched: Touched = { moved: new Set(), canceled: new Set() };
  readonly #options: SpeakersOptions;
  readonly #speaking: Promise<void>[];
  readonly #stop = new AbortController();
  #marks = 0;

  constructor(options: SpeakersOptions) {
    this.#options = options;
    this.#speaking = options.sessions.map((sessionId) => this.#speak(sessionId));
  }

  /** Resolves when nobody says anything more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#speaking);
  }

  async #speak(sessionId: string): Promise<void> {
    const { random, pause } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await wait(random() * 2 * pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const said = await this.#say(sessionId, pick(random, modes), random() < 0.5);
      this.said.push(said);
      if (said.answer === "taken" && said.mode === "queue" && random() < 0.2) {
        await this.#touch(sessionId, said);
      }
    }
  }

  async #say(sessionId: string, mode: Mode, hasKey: boolean): Promise<Said> {
    const { box, random } = this.#options;
    const mark = `m${++this.#marks}`;
    const message = { sessionId, mode, text: marked(mark, pick(random, manners)) };
    const key = hasKey ? { idempotencyKey: `soak-${mark}` } : {};
    let isUnknown = false;
    for (let attempt = 1; ; attempt++) {
      try {
        const { messageId } = await box.sessions.send(message, { timeout: 45_000, ...key });
        return { mark, sessionId, mode, answer: "taken", messageId, code: undefined };
      } catch (error) {
        if (!isSignalboxError(error)) throw error;
        const { code, category } = error;
        // What was lost once is not refused by a hub that is away later.
        isUnknown = category === "ambiguous" || (isUnknown && code === "hub_unreachable");
        const answer = isUnknown ? "unknown" : "refused";
        // Under a key it may be sent again: the hub does it once.
        const mayRepeat = hasKey && (answer === "unknown" || code === "hub_unreachable");
        // The hub itself says that it will not find out.
        const isFinal = answer === "unknown" && attempt > 1 && code === "outcome_unknown";
        if (!mayRepeat || isFinal || attempt === maxAttempts) {
          return { mark, sessionId, mode, answer, messageId: undefined, code };
        }
        await wait(250);
      }
    }
  }

  /** Cancels a message, changes it, or puts it before all others, where it still waits. */
  async #touch(sessionId: string, { mark, messageId }: Said): Promise<void> {
    const { box, random } = this.#options;
    try {
      switch (pick(random, ["cancel", "edit", "move"] as const)) {
        case "cancel":
          await box.queue.cancel({ messageId: messageId! });
          this.touched.canceled.add(messageId!);
          return;
        case "edit":
          await box.queue.edit({ messageId: messageId!, text: marked(mark, "slow") });
          return;
        case "move": {
          const { data } = await box.queue.list({ sessionId });
          this.touched.moved.add(mark);
          const before = data[0]?.messageId ?? null;
          await box.queue.move({ messageId: messageId!, before });
        }
      }
    } catch (error) {
      // It may wait no more, or the hub is away.
      if (!isSignalboxError(error)) throw error;
    }
  }
}
