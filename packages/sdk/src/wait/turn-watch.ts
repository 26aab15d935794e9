/** Waits for the end of turns of one session: told by the stream, looked up where it can't tell. */
import { isSignalboxError, type StreamEvent } from "@signalbox/contract";
import type { NotificationSignalOf } from "../handlers/event-types.ts";
import { sleep, untilAborted } from "../stream/sleep.ts";
import type { EventsOptions } from "../stream/stream-options.ts";

/** How a turn ended. */
export interface TurnEnd {
  readonly turnId: string;
  /** Codex's word: completed, interrupted or failed. */
  readonly status: string;
  /** Of a failed turn. */
  readonly error: { readonly message: string } | null;
}

/** What a watch is made of. */
export interface TurnWatchOptions {
  readonly stream: { events(options: EventsOptions): AsyncIterable<StreamEvent> };
  readonly sessionId: string;
  /** Looks a turn up; undefined while it runs, or is not known yet. */
  readonly read: (turnId: string, signal: AbortSignal) => Promise<TurnEnd | undefined>;
  /** Milliseconds between two looks while the stream is down. Default 1,000. */
  readonly pollInterval?: number;
}

/** Ends remembered before anybody asks for them. */
const rememberedEnds = 256;
/** Milliseconds between two looks while the stream is live, in case an end is never told. */
const livePollInterval = 30_000;

/** Listens from its making on, so that a turn started after `ready` can't end unheard. */
export class TurnWatch implements Disposable {
  readonly #options: TurnWatchOptions;
  readonly #stop = new AbortController();
  readonly #ends = new Map<string, TurnEnd>();
  readonly #ready = Promise.withResolvers<void>();
  /** Fires, and is replaced, when something was heard. */
  #news = new AbortController();
  #isLive = false;
  #failure: Error | undefined;

  constructor(options: TurnWatchOptions) {
    this.#options = options;
    void this.#listen();
  }

  /** Resolves once the stream is live, or is known to be down, so that turns are looked up instead. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /**
   * The end of a turn. Rejects with the signal's reason when it fires first, with what makes
   * looking pointless (such as `session_not_found`), and with an `AbortError` once disposed.
   */
  async ended(turnId: string, signal: AbortSignal): Promise<TurnEnd> {
    const either = AbortSignal.any([signal, this.#stop.signal]);
    for (;;) {
      // Taken before looking, so that what is heard meanwhile makes it look again.
      const news = this.#news.signal;
      const known = this.#ends.get(turnId);
      if (known !== undefined) return known;
      either.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure;
      const found = await this.#look(turnId, either);
      if (found !== undefined) return found;
      const pause = this.#isLive ? livePollInterval : (this.#options.pollInterval ?? 1_000);
      await sleep(pause, AbortSignal.any([either, news]));
    }
  }

  /** Stops listening. Idempotent. */
  [Symbol.dispose](): void {
    this.#stop.abort(new DOMException("The watch was disposed.", "AbortError"));
  }

  async #look(turnId: string, signal: AbortSignal): Promise<TurnEnd | undefined> {
    try {
      return await untilAborted(this.#options.read(turnId, signal), signal);
    } catch (error) {
      if (isSignalboxError(error) && (error.retryable || error.code === "aborted"))
        return undefined;
      throw error;
    }
  }

  async #listen(): Promise<void> {
    const { stream, sessionId } = this.#options;
    const type = "app_server.turn.completed";
    try {
      const events = stream.events({
        threadId: sessionId,
        types: [type],
        signal: this.#stop.signal,
        onConnection: (notice) => {
          if (notice.type === "connected") this.#turned(true);
          if (notice.type === "disconnected") this.#turned(false);
        },
      });
      for await (const { payload } of events) {
        const { turn } = (payload as NotificationSignalOf<"turn.completed">).params;
        const error = turn.error == null ? null : { message: turn.error.message };
        this.#ends.set(turn.id, { turnId: turn.id, status: turn.status, error });
        if (this.#ends.size > rememberedEnds) this.#ends.delete([...this.#ends.keys()][0]!);
        this.#tell();
      }
    } catch (error) {
      this.#failure = error as Error;
    } finally {
      this.#turned(false);
    }
  }

  #turned(isLive: boolean): void {
    this.#isLive = isLive;
    this.#ready.resolve();
    this.#tell();
  }

  #tell(): void {
    const news = this.#news;
    this.#news = new AbortController();
    news.abort();
  }
}
