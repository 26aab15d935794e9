/**
 * Notices a connection that is open and brings nothing any more, such as that of a process that
 * hangs. It asks for a sign of life only where nothing was heard for a while. Time is counted in
 * beats of a timer: while this process itself is stopped no beat passes, so waking up from that is
 * no reason to give up.
 */
import { LONGEST_WAIT } from "../abort.ts";

/** What is watched, and what is done about it. */
export type Watched = {
  /** Texts received so far. */
  heard(): number;
  /** Whether this side holds the reading back: then silence says nothing. */
  isPaused(): boolean;
  /** Asks for a sign of life. Must not throw. */
  ask(): void;
  /** There was none. Called once for each `watch`. */
  giveUp(): void;
};

const BEATS = 4;

export class Liveness {
  /** Ms of silence after which a connection is given up. */
  readonly after: number;
  #timer: NodeJS.Timeout | undefined;
  /** Beats in a row without a sign of life. */
  #quiet = 0;

  /** `after`: ms of silence after which a connection is given up; a quarter more at most. `Infinity`: never. */
  constructor(after: number) {
    this.after = after;
  }

  /** False from half of the time on until something is heard again, over a lost connection too. */
  get isResponsive(): boolean {
    return this.#quiet < BEATS / 2;
  }

  /** Watches this connection from now on, in place of any before. */
  watch(watched: Watched): void {
    this.stop();
    this.#quiet = 0;
    let heard = watched.heard();
    const beat = () => {
      const now = watched.heard();
      if (now !== heard || watched.isPaused()) {
        heard = now;
        this.#quiet = 0;
        return;
      }
      this.#quiet += 1;
      if (this.#quiet === 1) watched.ask();
      if (this.#quiet < BEATS) return;
      this.stop();
      watched.giveUp();
    };
    this.#timer = setInterval(beat, Math.min(this.after / BEATS, LONGEST_WAIT));
    this.#timer.unref();
  }

  /** Watches nothing any more. Idempotent. */
  stop(): void {
    clearInterval(this.#timer);
  }
}
