/** Texts with placeholders. */
import { eventPath } from "@signalbox/contract";
import { type EventView, valueAt } from "./event-view.ts";
import { invalidField } from "./invalid-field.ts";

/** Characters of what stands in for one placeholder; the rest is cut off. */
export const longestValue = 8_000;
/** Characters of a whole text; the rest is cut off. */
export const longestText = 100_000;
/** What ends something that was cut off. */
const cutMark = "…";

/** What placeholders are filled in from. */
export interface TextFacts {
  readonly event: EventView;
  readonly trigger: { readonly id: string; readonly name: string };
  readonly firing: { readonly id: string; readonly at: string };
}

const placeholder = /\{\{([^{}]*)\}\}/g;
const own = new Set(["trigger.id", "trigger.name", "firing.id", "firing.at"]);

/** Throws `invalid_request` for a placeholder that names nothing. */
export function checkText(text: string, path: string): void {
  for (const [whole, inner = ""] of text.matchAll(placeholder)) {
    const name = inner.trim();
    const isKnown =
      own.has(name) ||
      (name.startsWith("event.") && eventPath.safeParse(name.slice("event.".length)).success);
    if (isKnown) continue;
    throw invalidField(
      path,
      `${whole} names nothing. Give {{event.payload...}}, {{event.type}}, {{event.at}} or one of ${[...own].join(", ")}`,
    );
  }
}

/** The text, filled in. What is not there is empty, and what is no text is JSON. */
export function renderText(text: string, facts: TextFacts): string {
  // Once: what was put in is not looked at for placeholders of its own.
  return cut(
    text.replace(placeholder, (_, inner: string) => toText(factAt(inner.trim(), facts))),
    longestText,
  );
}

function factAt(name: string, { event, trigger, firing }: TextFacts): unknown {
  switch (name) {
    case "trigger.id":
      return trigger.id;
    case "trigger.name":
      return trigger.name;
    case "firing.id":
      return firing.id;
    case "firing.at":
      return firing.at;
    default:
      return valueAt(event, name.slice("event.".length));
  }
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return cut(typeof value === "string" ? value : JSON.stringify(value), longestValue);
}

/** At most so many characters. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - cutMark.length)}${cutMark}`;
}
