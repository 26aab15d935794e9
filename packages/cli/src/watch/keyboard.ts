/** What a key does: a function of what is on the screen and the key. */
import type { RequestAnswer, RequestRecord } from "@signalbox/contract";
import { type Form, type FormField, waysToAnswer } from "./answers.ts";

/** What the person is doing. */
export interface Focus {
  /** The question that is looked at; null: none was there yet. */
  readonly requestId: string | null;
  /** When another one took the place of the one that was looked at, in epoch milliseconds. */
  readonly replacedAt: number;
  /** What is being filled in for it. */
  readonly filling: Filling | undefined;
  /** What is said below. */
  readonly notice: string;
}

/** A form on its way. */
export interface Filling {
  readonly requestId: string;
  /** What was given for the fields before. */
  readonly values: readonly string[];
  readonly draft: string;
}

/** A key, as the terminal tells it. */
export interface Pressed {
  /** The characters; empty for a key without one. */
  readonly text: string;
  readonly name?:
    | "up"
    | "down"
    | "enter"
    | "escape"
    | "backspace"
    | "paste"
    | "interrupt"
    | undefined;
}

/** What is to be done besides. */
export type Effect =
  | { readonly type: "quit" }
  | { readonly type: "answer"; readonly request: RequestRecord; readonly answer: RequestAnswer };

/** Where a key leads. */
export interface Step {
  readonly focus: Focus;
  readonly effect?: Effect;
}

/** Nothing is done yet. */
export const initialFocus: Focus = {
  requestId: null,
  replacedAt: 0,
  filling: undefined,
  notice: "",
};

/** How long a question that took another's place can't be answered, in ms: who pressed meant the other. */
const secondLook = 700;
/** Characters that can be typed into one field. */
const draftLimit = 10_000;

/**
 * Keeps the eye on one question, whatever others come; when it is gone, on the first. To be called
 * with each change of the questions.
 */
export function lookAt(requests: readonly RequestRecord[], focus: Focus, now: number): Focus {
  if (requests.some(({ requestId }) => requestId === focus.requestId)) return focus;
  const requestId = requests[0]?.requestId ?? null;
  const isReplaced = focus.requestId !== null && requestId !== null;
  return { ...focus, requestId, ...(isReplaced ? { replacedAt: now } : {}) };
}

/** The question that is looked at; undefined when none is open. */
export function chosenRequest(
  requests: readonly RequestRecord[],
  focus: Focus,
): RequestRecord | undefined {
  return requests.find(({ requestId }) => requestId === focus.requestId);
}

/** The form that is filled in, and its field; undefined when none is, or its question is gone. */
export function fieldInHand(
  requests: readonly RequestRecord[],
  { filling }: Focus,
): { request: RequestRecord; form: Form; field: FormField; filling: Filling } | undefined {
  const request = requests.find(({ requestId }) => requestId === filling?.requestId);
  const form = request === undefined ? undefined : waysToAnswer(request).form;
  const field = form?.fields[filling?.values.length ?? 0];
  if (request === undefined || form === undefined || field === undefined) return undefined;
  return { request, form, field, filling: filling! };
}

/** What a key does, with the focus as `lookAt` gave it. */
export function press(
  requests: readonly RequestRecord[],
  focus: Focus,
  key: Pressed,
  now: number,
): Step {
  if (key.name === "interrupt") return { focus, effect: { type: "quit" } };
  if (fieldInHand(requests, focus) !== undefined) return fillIn(requests, focus, key);
  const quiet = { ...focus, filling: undefined, notice: "" };
  // What is pasted is text, never an answer.
  if (key.name === "paste") return { focus: quiet };
  if (key.text === "q") return { focus: quiet, effect: { type: "quit" } };
  if (key.name === "up" || key.text === "k") return { focus: move(requests, quiet, -1) };
  if (key.name === "down" || key.text === "j") return { focus: move(requests, quiet, 1) };
  const request = chosenRequest(requests, focus);
  if (request === undefined) return { focus: quiet };
  const { choices, form } = waysToAnswer(request);
  const isMeant = now - focus.replacedAt >= secondLook;
  if (!isMeant && key.text !== "") {
    return { focus: { ...quiet, notice: "The question before is gone: look at this one first." } };
  }
  if (form !== undefined && (key.name === "enter" || key.text === "t")) {
    return { focus: start(quiet, request) };
  }
  const field = form?.fields[0];
  if (field !== undefined && optionOf(field, key.text) !== undefined) {
    return fillIn(requests, start(quiet, request), key);
  }
  const chosen = choices.find((choice) => choice.key === key.text);
  if (chosen === undefined) return { focus: quiet };
  return { focus: quiet, effect: { type: "answer", request, answer: chosen.answer } };
}

function start(focus: Focus, { requestId }: RequestRecord): Focus {
  return { ...focus, requestId, filling: { requestId, values: [], draft: "" } };
}

function fillIn(requests: readonly RequestRecord[], focus: Focus, key: Pressed): Step {
  const { request, form, field, filling } = fieldInHand(requests, focus)!;
  const write = (draft: string): Step => ({
    focus: { ...focus, notice: "", filling: { ...filling, draft: draft.slice(0, draftLimit) } },
  });
  if (key.name === "escape") return { focus: { ...focus, filling: undefined, notice: "" } };
  if (key.name === "backspace") return write([...filling.draft].slice(0, -1).join(""));
  const isTyped = key.name === undefined && filling.draft === "";
  const option = isTyped ? optionOf(field, key.text) : undefined;
  if (key.name !== "enter" && option === undefined) {
    return field.isFree ? write(filling.draft + key.text) : { focus };
  }
  if (option === undefined && !field.isFree) {
    return { focus: { ...focus, notice: "Choose one of them by its number." } };
  }
  const values = [...filling.values, option ?? filling.draft];
  if (values.length < form.fields.length) {
    return { focus: { ...focus, notice: "", filling: { ...filling, values, draft: "" } } };
  }
  try {
    const answer = form.toAnswer(values);
    return { focus: { ...focus, filling: undefined }, effect: { type: "answer", request, answer } };
  } catch (error) {
    const notice = `${(error as Error).message} Nothing was sent.`;
    return { focus: { ...focus, notice, filling: undefined } };
  }
}

function optionOf({ options }: FormField, text: string): string | undefined {
  return /^[1-9]$/.test(text) ? options[Number(text) - 1] : undefined;
}

function move(requests: readonly RequestRecord[], focus: Focus, by: number): Focus {
  const at = requests.findIndex(
    ({ requestId }) => requestId === chosenRequest(requests, focus)?.requestId,
  );
  const next = requests[Math.min(Math.max(at + by, 0), requests.length - 1)];
  return { ...focus, requestId: next?.requestId ?? null };
}
