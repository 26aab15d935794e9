/** How a trigger is refused that means nothing. */
import { SignalboxError } from "@signalbox/contract";

/** `invalid_request` that names the field and says what to do. */
export function invalidField(path: string, message: string): SignalboxError {
  return new SignalboxError("invalid_request", `${path}: ${message}`, {
    details: { issues: [{ path, message }] },
  });
}
