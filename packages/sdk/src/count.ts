/** Numbers of things, as programs give them. */
import { SignalboxError } from "@signalbox/contract";

/** Gives a whole number from 1 back; throws `invalid_request`, naming the option and `what` it counts, for any other. */
export function checkCount(option: string, value: number, what: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new SignalboxError(
    "invalid_request",
    `${option} is ${value}: give a whole number from 1, ${what}.`,
  );
}
