/** Brings a write about one tool call to the hub, which decides what it means that it comes twice. */
import { isSignalboxError, type SignalboxError } from "@signalbox/contract";
import { Backoff } from "../stream/backoff.ts";
import { sleep } from "../stream/sleep.ts";

/** How it ended. */
export type Delivery<Value> =
  | { readonly ended: "taken"; readonly value: Value }
  /** The hub says that the call is over, or another's. */
  | { readonly ended: "settled"; readonly error: SignalboxError }
  /** It can't be brought there, or was given up. */
  | { readonly ended: "failed"; readonly error: unknown };

/** Full jitter: about 15 s in all on average, enough for a hub that is started again. */
const attempts = 12;
const backoffPolicy = { base: 100, cap: 5_000, stableAfter: Number.POSITIVE_INFINITY };

/**
 * Sends until the hub has decided; never rejects. Claims and answers under a claim mean the same
 * however often they arrive, so they are sent again also when the reply was lost. No further send
 * once the signal fired.
 */
export async function deliver<Value>(
  send: () => Promise<Value>,
  signal: AbortSignal,
): Promise<Delivery<Value>> {
  const backoff = new Backoff(backoffPolicy);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { ended: "taken", value: await send() };
    } catch (error) {
      if (isSignalboxError(error) && settling.has(error.code)) return { ended: "settled", error };
      if (!mayPass(error) || attempt >= attempts) return { ended: "failed", error };
      await sleep(backoff.next(0), signal);
      if (signal.aborted) return { ended: "failed", error };
    }
  }
}

const settling: ReadonlySet<string> = new Set([
  "already_resolved",
  "not_eligible",
  "tool_call_not_found",
  "in_flight",
  "claim_not_held",
  "session_attached",
]);

function mayPass(error: unknown): boolean {
  return isSignalboxError(error) && (error.retryable || error.category === "ambiguous");
}
