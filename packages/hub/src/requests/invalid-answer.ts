/** What is wrong with an answer that only its question can show. */
import { SignalboxError } from "@signalbox/contract";

/** An `invalid_answer` that names the field. */
export function invalidAnswer(path: string, message: string): SignalboxError {
  return new SignalboxError("invalid_answer", `${path}: ${message}.`, {
    details: { issues: [{ path, message }] },
  });
}
