/** Which failures of a connection no waiting mends. */
import { isSignalboxError } from "@signalbox/contract";

/** Whether trying again can't help until somebody changes something. */
export function isPermanent(error: unknown): boolean {
  if (!isSignalboxError(error) || error.retryable) return false;
  switch (error.category) {
    case "auth":
    case "authority":
    case "validation":
    case "not_found":
    case "unsupported":
      return true;
    default:
      return false;
  }
}
