/** What may be named where a handler is registered. */
import { controlFrames, SignalboxError, typePattern } from "@signalbox/contract";

/**
 * A type that events can have. Throws `invalid_request` for what no event is called, and for control
 * frames, which handlers do not get.
 */
export function eventType(type: string): string {
  if (Object.hasOwn(controlFrames, type)) {
    throw new SignalboxError(
      "invalid_request",
      `${JSON.stringify(type)} is a control frame, not an event: use onControlFrame, or onConnection for what becomes of the connection.`,
    );
  }
  return typeText(type);
}

/** The beginning of types; the empty text is that of every type. Throws `invalid_request`. */
export function eventPrefix(prefix: string): string {
  return prefix === "" ? prefix : typeText(prefix);
}

function typeText(type: string): string {
  if (!type.includes("*") && typePattern.safeParse(type).success) return type;
  throw new SignalboxError(
    "invalid_request",
    `${JSON.stringify(type)} is no event type: give 1 to 200 characters without blanks, commas or *. For a prefix there is onEventPrefix.`,
  );
}

/** A normalised method without the dots that may stand around it. */
export function signalName(name: string): string {
  return name.replace(/^\.+|\.+$/g, "");
}
