/** The key under which a write is done once, however often it is sent. */
import { SignalboxError } from "../errors/signalbox-error.ts";
import type { Operation } from "./define-operation.ts";

/** In lower case, as both ends compare it. */
export const idempotencyHeader = "idempotency-key";
/** Characters of a key, at most. */
export const maxKeyLength = 255;

/** Whether a key makes a difference: a read needs none, and what may hold a credential is kept nowhere. */
export function takesIdempotencyKey({ intent, hasSecrets }: Operation): boolean {
  return intent !== "read" && hasSecrets !== true;
}

/** The key, when it can be one. Throws `invalid_request` for anything else. */
export function parseIdempotencyKey(given: unknown): string {
  if (typeof given === "string" && given.length <= maxKeyLength && /^[\x21-\x7e]+$/.test(given)) {
    return given;
  }
  const message = `An Idempotency-Key is 1 to ${maxKeyLength} visible ASCII characters, such as a UUID`;
  throw new SignalboxError("invalid_request", `${message}.`, {
    details: { issues: [{ path: idempotencyHeader, message }] },
  });
}
