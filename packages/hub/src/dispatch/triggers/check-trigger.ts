/** What a trigger must be beyond the shape of its fields. Each refusal names its field. */
import {
  createTypeMatcher,
  hubEvents,
  type TriggerAction,
  type TriggerWhen,
} from "@signalbox/contract";
import { isDelta } from "./causes.ts";
import { checkCron } from "./cron.ts";
import { invalidField } from "./invalid-field.ts";
import { checkText } from "./render.ts";

/** Headers a posting can have of its own, at most. */
export const maxHeaders = 20;

/** Headers that are not the trigger's to say. */
const ownHeaders = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "webhook-id",
]);

/** Throws `invalid_request` for a trigger that means nothing. */
export function checkTrigger(
  { when, action }: { readonly when: TriggerWhen; readonly action: TriggerAction },
  now: number,
): void {
  if (when.type === "cron") checkCron(when, now);
  if (when.type === "event") when.types.forEach(checkType);
  switch (action.type) {
    case "send":
      checkText(action.text, "action.text");
      return;
    case "post":
      checkUrl(action.url);
      checkHeaders(action.headers);
      return;
    case "notice":
      if (action.deliver === "message" && action.to === null) {
        throw invalidField("action.deliver", "A message needs a session: give action.to");
      }
      return;
    case "answer":
      if (when.type !== "request") {
        throw invalidField(
          "action.type",
          "Only a trigger of requests can answer: give when.type request",
        );
      }
      if (action.mode === "rules" && action.rules.length === 0) {
        throw invalidField("action.rules", "Without a rule nothing is ever answered: give one");
      }
  }
}

/** Beginnings of the types of what triggers do themselves. */
const effects = ["trigger.", "inbox."];

const ownTypes = Object.keys(hubEvents);

function checkType(type: string, index: number): void {
  const path = `when.types.${index}`;
  const isPrefix = type.endsWith("*");
  const isMatch = createTypeMatcher([type]);
  const hasOwnEffects = [...effects].some((effect) => type.startsWith(effect) || isMatch(effect));
  if (hasOwnEffects) {
    throw invalidField(
      path,
      `${type} has events in it of what triggers do, which would set themselves off. Name the others`,
    );
  }
  if (isDelta(type)) {
    throw invalidField(path, `${type} comes many times a second. Name app_server.item.completed`);
  }
  const isOfCodex = isPrefix
    ? "app_server.".startsWith(type.slice(0, -1)) || type.startsWith("app_server.")
    : /^app_server(\.[a-z0-9_]+)+$/.test(type);
  if (!isOfCodex && !ownTypes.some(isMatch)) {
    throw invalidField(
      path,
      `No event is called ${type}. Codex's begin with app_server., such as app_server.item.completed; the hub's own are ${ownTypes.filter((name) => !effects.some((effect) => name.startsWith(effect))).join(", ")}`,
    );
  }
}

function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw invalidField("action.url", "It must be an http or https address");
  }
  if (url.username !== "" || url.password !== "") {
    throw invalidField("action.url", "Addresses are shown: put the name and password in a header");
  }
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const names = Object.keys(headers);
  if (names.length > maxHeaders) {
    throw invalidField("action.headers", `${names.length} are too many: ${maxHeaders} at most`);
  }
  for (const name of names) {
    if (ownHeaders.has(name.toLowerCase())) {
      throw invalidField(`action.headers.${name}`, "The hub sets this header itself");
    }
  }
}
