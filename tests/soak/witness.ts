/** The model: answers quickly, slowly or not at all, asks to run commands, and keeps what it was told, thread by thread. */
import { setTimeout as wait } from "node:timers/promises";
import {
  deltas,
  execCommand,
  httpError,
  type RecordedRequest,
  type ScriptedModel,
  text,
} from "@signalbox/testing";
import { askings, mannerOf, marksIn } from "./marks.ts";
import type { Yard } from "./yard.ts";

/** The longest a slow answer takes, in ms. */
const longestAnswer = 2_500;

/** What the model saw. */
export class Witness {
  /** Requests it was sent. */
  requests = 0;
  /** What it was told in each thread, by the thread's last request: the marks, oldest first. */
  readonly #told = new Map<string, readonly string[]>();
  /** Every mark of a thread that it was ever told of. */
  readonly #everTold = new Map<string, Set<string>>();
  /** In how many requests a mark was the newest, where it was so more than once. */
  readonly #newest = new Map<string, number>();

  constructor(model: ScriptedModel, yard: Yard, random: () => number) {
    model.respond((request) => {
      this.#note(request);
      const manner = mannerOf(request.lastUserText);
      if (manner === "failing") return httpError(400, { error: { message: "It can't be done." } });
      if (manner === "quick" || isAfterCommand(request)) return text(deltas(12));
      const asking = askings.find((one) => one === manner);
      if (asking !== undefined) {
        const cmd = yard.commandFor(asking, request.index);
        return execCommand({ cmd, escalate: true, justification: "It leaves a trace." });
      }
      const name = `request ${request.index}`;
      void wait(200 + random() * (longestAnswer - 200), undefined, { ref: false }).then(() =>
        model.gate(name).release(),
      );
      return text(deltas(40, undefined, { 20: name }));
    });
  }

  /** The marks of the last request of a thread, oldest first. */
  toldIn(threadId: string): readonly string[] {
    return this.#told.get(threadId) ?? [];
  }

  /** Whether any request of a thread held a mark. */
  wasTold(threadId: string, mark: string): boolean {
    return this.#everTold.get(threadId)?.has(mark) === true;
  }

  /** In how many requests a mark was what was said last: each of them is a turn begun with it. */
  timesNewest(mark: string): number {
    return this.#newest.get(mark) ?? 0;
  }

  #note(request: RecordedRequest): void {
    const { threadId, userTexts } = request;
    this.requests += 1;
    if (threadId === undefined) return;
    const marks = userTexts.flatMap(marksIn);
    this.#told.set(threadId, marks);
    const ever = this.#everTold.get(threadId) ?? new Set();
    for (const mark of marks) ever.add(mark);
    this.#everTold.set(threadId, ever);
    const newest = marks.at(-1);
    if (newest === undefined || isAfterCommand(request)) return;
    this.#newest.set(newest, this.timesNewest(newest) + 1);
  }
}

/** Whether the turn goes on after what became of its command, and nobody has said anything since. */
function isAfterCommand({ input }: RecordedRequest): boolean {
  const said = input.findLastIndex(({ role }) => role === "user");
  return input.findLastIndex(({ type }) => type.endsWith("_output")) > said;
}
