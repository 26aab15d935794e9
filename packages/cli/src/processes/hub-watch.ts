/** Looking at a hub's process from outside. */
import { setTimeout as delay } from "node:timers/promises";

/** Between two looks, in ms. */
const pace = 50;

/** Whether a hub answers at this address. */
export async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
    return (await fetch(`${url}/healthz`, { signal: limit })).ok;
  } catch {
    return false;
  }
}

/** What the promise gives, or undefined when it is time to look again. */
export async function untilEither<Value>(
  promise: Promise<Value> | undefined,
  signal: AbortSignal,
): Promise<Value | undefined> {
  const look = new AbortController();
  const again = delay(pace, undefined, { signal: AbortSignal.any([signal, look.signal]) }).catch(
    () => undefined,
  );
  try {
    return await Promise.race([again, ...(promise === undefined ? [] : [promise])]);
  } finally {
    look.abort();
  }
}
