/** A command line that can't be understood, in the same form as any other error. */
import { SignalboxError } from "@signalbox/contract";

/**
 * Names the place of the command line that is wrong, and says how to mend it; `path` is that of the
 * input's field. Exit code 2.
 */
export function wrongUsage(place: string, message: string, path = place): SignalboxError {
  const text = place === "" ? message : `${place}: ${message}`;
  return new SignalboxError("invalid_request", text, { details: { issues: [{ path, message }] } });
}
