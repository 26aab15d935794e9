/** Work that never stops: sessions that take one message after the other, answer in many words, and ask now and then. */
import { setTimeout as wait } from "node:timers/promises";
import { isSignalboxError, type Signalbox } from "@signalbox/sdk";
import { execCommand, type ScriptedModel, text } from "@signalbox/testing";

/** The model answers with words, and where a message says so has a command run first. */
export function scriptModel(model: ScriptedModel): void {
  model.respond(({ lastUserText, toolOutputs }) =>
    lastUserText.includes("run") && toolOutputs.size === 0
      ? execCommand({ cmd: "true", escalate: true })
      : text(Array.from({ length: 120 }, (_, n) => `word${n} `)),
  );
}

/** Keeps `count` sessions at work until `stop`; what fails because something was killed is tried again. */
export class Load {
  readonly #box: Signalbox;
  readonly #working: Promise<void>[] = [];
  #stopped = false;
  /** Messages that were accepted. */
  accepted = 0;

  constructor(box: Signalbox, count: number) {
    this.#box = box;
    for (let n = 0; n < count; n++) this.#working.push(this.#work());
  }

  /** Resolves when no session takes another message. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#working);
  }

  async #work(): Promise<void> {
    let sessionId: string | undefined;
    for (let n = 0; !this.#stopped; n++) {
      try {
        sessionId ??= (await this.#box.sessions.create()).session.sessionId;
        const what = n % 4 === 3 ? "Please run it." : "Please go on.";
        await this.#box.sessions.sendMessage({ sessionId, text: what }, { timeout: 5_000 });
        this.accepted += 1;
      } catch (error) {
        if (!isSignalboxError(error)) throw error;
        // A session that nothing was said in is not found again after its codex was killed.
        if (error.category === "not_found") sessionId = undefined;
        await wait(20);
      }
    }
  }
}
