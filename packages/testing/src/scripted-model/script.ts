/**
 * Chooses the reply to a model request: the queue of the first matching `when`, then the common
 * queue, then the function given to `respond`.
 */
import type { RecordedRequest } from "./recorded-request.ts";
import type { Reply } from "./step.ts";

/** Which requests: those whose last user text contains or matches it, or that satisfy it. */
export type RequestMatch = string | RegExp | ((request: RecordedRequest) => boolean);

/** Takes replies, one a model request, in the order they are given. */
export interface TurnQueue {
  /** Queues the replies of a turn: one, and one more for each tool call before it. */
  turn(...replies: readonly Reply[]): void;
}

/** The script of a model: what was queued for whom. */
export class Script implements TurnQueue {
  readonly #common: Reply[] = [];
  readonly #matching: { readonly matches: RequestMatch; readonly queue: Reply[] }[] = [];
  #respond: ((request: RecordedRequest) => Reply | undefined) | undefined;

  turn(...replies: readonly Reply[]): void {
    this.#common.push(...replies);
  }

  when(matches: RequestMatch): TurnQueue {
    const queue: Reply[] = [];
    this.#matching.push({ matches, queue });
    return { turn: (...replies) => void queue.push(...replies) };
  }

  respond(choose: (request: RecordedRequest) => Reply | undefined): void {
    this.#respond = choose;
  }

  /** Takes the reply to this request, or `undefined` when nothing is scripted for it. */
  take(request: RecordedRequest): Reply | undefined {
    for (const { matches, queue } of this.#matching) {
      if (queue.length > 0 && isMatch(matches, request)) return queue.shift();
    }
    return this.#common.shift() ?? this.#respond?.(request);
  }

  /** How many queued replies nobody has asked for yet. */
  get left(): number {
    return this.#matching.reduce((sum, { queue }) => sum + queue.length, this.#common.length);
  }
}

function isMatch(matches: RequestMatch, request: RecordedRequest): boolean {
  if (typeof matches === "string") return request.lastUserText.includes(matches);
  if (matches instanceof RegExp) return request.lastUserText.search(matches) >= 0;
  return matches(request);
}
