/** When a call that failed is sent again. Without a policy nothing ever is. */
import { isSignalboxError, type OperationName, type SignalboxError } from "@signalbox/contract";
import type { OrAny } from "../handlers/event-types.ts";
import { Backoff } from "../stream/backoff.ts";

/**
 * Sends again what may succeed later: reads that failed as retryable, and of the writes only those
 * named here. Each send of a write carries the same idempotency key, so the hub does it once. Waits
 * with full jitter between sends.
 */
export interface RetryPolicy {
  /** Sends in all, the first included. Default 3. */
  readonly attempts?: number;
  /** Milliseconds; the ceiling of the first wait, doubled with each. Default 200. */
  readonly base?: number;
  /** Milliseconds no wait exceeds. Default 5,000. */
  readonly cap?: number;
  /** Operations that change something and may be sent again all the same. Default none. */
  readonly writes?: readonly OrAny<OperationName>[];
  /** Asked, with the number of the attempt that failed (from 1), where the rule above would send again. */
  readonly shouldRetry?: (error: SignalboxError, attempt: number) => boolean;
}

/** What is tried again. */
export interface Attempted {
  readonly operation: string;
  readonly isRead: boolean;
}

/** Decides about one call's failures. */
export class Retries {
  readonly #policy: RetryPolicy | undefined;
  readonly #mayRepeat: boolean;
  readonly #backoff: Backoff;
  #attempt = 0;

  constructor(policy: RetryPolicy | undefined, { operation, isRead }: Attempted) {
    this.#policy = policy;
    this.#mayRepeat = isRead || (policy?.writes ?? []).includes(operation);
    this.#backoff = new Backoff({
      base: policy?.base ?? 200,
      cap: policy?.cap ?? 5_000,
      stableAfter: Number.POSITIVE_INFINITY,
    });
  }

  /** Whether this call can be sent more than once. */
  get mayRepeat(): boolean {
    return this.#policy !== undefined && this.#mayRepeat;
  }

  /** Milliseconds to wait before it is sent again; undefined when it is not. */
  waitAfter(error: unknown): number | undefined {
    this.#attempt += 1;
    if (!this.mayRepeat || this.#attempt >= (this.#policy?.attempts ?? 3)) return undefined;
    if (!isSignalboxError(error) || error.code === "aborted") return undefined;
    if (!error.retryable && error.category !== "ambiguous") return undefined;
    if (this.#policy?.shouldRetry?.(error, this.#attempt) === false) return undefined;
    return this.#backoff.next(0);
  }
}
