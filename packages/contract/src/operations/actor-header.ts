/**
 * The header that says who acts. A client sends it with every request, so that the hub's audit
 * knows without a field in each input. Header values are Latin-1 and names of people are not, so
 * it is written as in a URL; plain ASCII names stay as they are.
 */
import { SignalboxError } from "../errors/signalbox-error.ts";
import { actor } from "./fields.ts";

/** In lower case, as both ends compare it. */
export const actorHeader = "x-signalbox-actor";

/** The header's value for an actor. Throws `invalid_request` for one that is blank or too long. */
export function toActorHeader(text: string): string {
  return encodeURIComponent(parseActor(text).toWellFormed());
}

/** The actor a header names. Throws `invalid_request`, naming the header, for one that can't be read. */
export function fromActorHeader(value: string): string {
  let text: string;
  try {
    text = decodeURIComponent(value);
  } catch {
    throw invalid("Is not written as in a URL: a percent sign is %25");
  }
  return parseActor(text);
}

function parseActor(text: string): string {
  const parsed = actor.safeParse(text);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues[0]!.message);
}

function invalid(message: string): SignalboxError {
  return new SignalboxError("invalid_request", `${actorHeader}: ${message}`, {
    details: { issues: [{ path: actorHeader, message }] },
  });
}
