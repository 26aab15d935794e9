/** Questions that an earlier run of the hub left open: of those who are gone they end, the others go on. */
import type { NewEvent } from "../journal/event.ts";
import type { Endings } from "./endings.ts";
import type { NewRequest } from "./request-row.ts";
import type { RequestStore } from "./request-store.ts";
import { expired, toResolution, toResolvedEvent } from "./resolution.ts";
import type { Withdrawals } from "./withdrawals.ts";

/** What goes on, once it is known which codex is there. */
export interface ResumedRequests {
  /** Questions that the earlier hub could not tell of any more: to be told now. */
  readonly untold: readonly NewRequest[];
  /** The ends of the questions that nobody asks any more. */
  readonly events: readonly NewEvent[];
  /** To be called once these events are stored: from then on the others wait for their answers. */
  readonly announced: () => void;
}

/** What left-open questions need. */
export interface LeftOpenParts {
  readonly store: RequestStore;
  readonly endings: Endings;
  readonly withdrawals: Withdrawals;
  /** Lets a question wait for its policy, people and programs, to its deadline. */
  wait(request: NewRequest): void;
}

/** The questions of earlier runs. */
export class LeftOpen {
  readonly #parts: LeftOpenParts;
  /** Open, and asked by a process that may be there still. */
  readonly #kept: NewRequest[] = [];
  /** Those of them that nobody was told of. */
  readonly #untold: NewRequest[] = [];

  constructor(parts: LeftOpenParts) {
    this.#parts = parts;
  }

  /**
   * Ends the open questions of every process but `alive`, whose stay open until `resume` is told which
   * codex is there. Gives the events of all ends that were not told.
   */
  recover(alive: string | undefined, at: number): NewEvent[] {
    const { store, endings } = this.#parts;
    for (const row of store.leftOpen(alive)) {
      const resolution = toResolution(row, expired("hub_restarted"));
      store.resolve(row.id, resolution, at);
      endings.audit(resolution);
    }
    if (alive !== undefined) {
      store.reopen(alive);
      this.#kept.push(...store.pending({ process: alive }));
      this.#untold.push(...store.untold(alive));
    }
    return store.unannounced().map((row) => toResolvedEvent(row.resolution!, at));
  }

  /**
   * Goes on, now that codex is `process`: what that one asked waits on, what another asked, which has
   * died since, ends.
   */
  resume(process: string, at: number): ResumedRequests {
    const { store, withdrawals, wait } = this.#parts;
    const gone = new Set(this.#kept.map((row) => row.process));
    gone.delete(process);
    const events = [...gone].flatMap((each) => withdrawals.expireProcess(each, at));
    const isPending = ({ id }: NewRequest) => store.pending({ id }).length > 0;
    const waiting = this.#kept.splice(0).filter((row) => row.process === process);
    const untold = this.#untold.splice(0).filter((row) => row.process === process);
    return {
      events,
      untold: untold.filter(isPending),
      announced() {
        for (const row of waiting) if (isPending(row)) wait(row);
      },
    };
  }
}
