/** Spans of time that options give. */
import { SignalboxError } from "@signalbox/contract";

/**
 * A span in ms as the option `name` gives it, else the `standard` one. Throws `invalid_request` for what
 * is not above 0.
 */
export function toSpan(name: string, given: number | undefined, standard: number): number {
  if (given === undefined || given > 0) return given ?? standard;
  throw new SignalboxError(
    "invalid_request",
    `${name} is ${given}: it must be a number of ms above 0, or Infinity.`,
  );
}
