/**
 * Holds what triggers did against what they were to do: each firing ended once and says how, what it did
 * was done once, and each event that makes a trigger come true fired it once.
 */
import type { Firing, HubEventPayload, Message, StreamEvent, Trigger } from "@signalbox/contract";
import { marksIn } from "./marks.ts";
import { judgeTimes } from "./time-verdict.ts";
import { isVainTry } from "./vain-tries.ts";

/** What is held against each other. */
export interface FiringEvidence {
  readonly triggers: readonly Trigger[];
  /** All firings, as the hub lists them in the end, oldest first. */
  readonly firings: readonly Firing[];
  readonly messages: readonly Message[];
  /** How often each firing was brought to the address that is posted to. */
  readonly brought: ReadonlyMap<string, number>;
  /** The journal's events about triggers, questions and turns, and the items that were completed, in order. */
  readonly events: readonly StreamEvent[];
  /** Spans in which the hub was away; epoch milliseconds. */
  readonly absences: readonly Span[];
}

/** From a moment to another, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is wrong, one sentence each; empty where nothing is. */
export function judgeFirings(evidence: FiringEvidence): string[] {
  const { firings, triggers } = evidence;
  const of = Map.groupBy(firings, ({ triggerId }) => triggerId);
  return [
    ...firings.flatMap(withoutAnEnd),
    ...notToldOnce(evidence),
    ...sentWrongly(evidence),
    ...postedWrongly(evidence),
    ...triggers.flatMap((trigger) => {
      const own = of.get(trigger.triggerId) ?? [];
      return [...judgeTimes(trigger, own, evidence), ...reactedWrongly(trigger, own, evidence)];
    }),
    ...triggers.flatMap((trigger) => tooOften(trigger, of.get(trigger.triggerId) ?? [])),
  ];
}

/** When a trigger was made and when it was stopped: the events that tell of it. */
export function lifeOf(
  { triggerId }: Trigger,
  events: readonly StreamEvent[],
): { readonly from: StreamEvent; readonly to: StreamEvent } {
  const about = (name: string) =>
    events.find(
      ({ type, payload }) =>
        type === name &&
        (payload as HubEventPayload<"trigger.created">).trigger.triggerId === triggerId,
    )!;
  return { from: about("trigger.created"), to: about("trigger.paused") };
}

function withoutAnEnd({ firingId, name, state, guards, error }: Firing): string[] {
  const what = `${name} ${firingId} is ${state}`;
  const holds = guards.filter(({ passes }) => !passes).length;
  switch (state) {
    case "due":
    case "acting":
      return [`${what} in the end.`];
    case "suppressed":
      return holds > 0 ? [] : [`${what} by no guard.`];
    case "done":
      return holds === 0 ? [] : [`${what} though a guard held it back.`];
    default:
      return error === null ? [`${what} and does not say why.`] : [];
  }
}

function notToldOnce({ firings, events }: FiringEvidence): string[] {
  const told = new Map<string, Firing[]>();
  for (const { type, payload } of events) {
    if (type !== "trigger.fired") continue;
    const { firing } = payload as HubEventPayload<"trigger.fired">;
    told.set(firing.firingId, [...(told.get(firing.firingId) ?? []), firing]);
  }
  return firings.flatMap(({ firingId, state }) => {
    const of = told.get(firingId) ?? [];
    if (of.length !== 1) return [`${firingId} was told ${of.length} times.`];
    return of[0]!.state === state ? [] : [`${firingId} is ${state}, and was told otherwise.`];
  });
}

/** A firing that says something is one message, besides those it tried in vain; one that was held back is none. */
function sentWrongly({ firings, messages }: FiringEvidence): string[] {
  const tried = messages.filter((message) => !isVainTry(message));
  const said = Map.groupBy(tried, ({ text }) => marksIn(text)[0]);
  return firings
    .filter(({ action }) => action === "send")
    .flatMap(({ firingId, name, state, result }) => {
      const [message, ...more] = said.get(firingId) ?? [];
      const what = `${name} ${firingId} (${state})`;
      if (more.length > 0) return [`${what} said ${more.length + 1} messages.`];
      switch (state) {
        case "done":
          if (message === undefined) return [`${what} said nothing.`];
          return message.messageId === result.messageId ? [] : [`${what} names another message.`];
        case "suppressed":
        case "canceled":
          return message === undefined ? [] : [`${what} said ${message.messageId}.`];
        default:
          return [];
      }
    });
}

function postedWrongly({ firings, brought }: FiringEvidence): string[] {
  return firings
    .filter(({ action }) => action === "post")
    .flatMap(({ firingId, state, result }) => {
      const times = brought.get(firingId) ?? 0;
      const isKnown = state === "done" || result.httpStatus !== undefined;
      const isFine = isKnown ? times === 1 : times === 0 || (state === "ambiguous" && times === 1);
      return isFine ? [] : [`${firingId} is ${state}, and was brought ${times} times.`];
    });
}

/** Each event that makes it come true fired it once, and nothing else did. */
function reactedWrongly(
  trigger: Trigger,
  firings: readonly Firing[],
  { events }: FiringEvidence,
): string[] {
  const { when, sessionId, name } = trigger;
  const { type } = when;
  if (type !== "turn" && type !== "event" && type !== "request") return [];
  const { from, to } = lifeOf(trigger, events);
  const wanted = events
    .filter(({ seq }) => seq > from.seq && seq < to.seq)
    .filter((event) => event.threadId === sessionId && isWanted(type, event))
    .map(({ seq }) => seq);
  const got = firings.map(({ cause }) => ("seq" in cause ? cause.seq : 0));
  return [
    ...wanted
      .filter((seq) => !got.includes(seq))
      .map((seq) => `${name} ${trigger.triggerId} was not fired by event ${seq}.`),
    ...got
      .filter((seq, index) => !wanted.includes(seq) || got.indexOf(seq) !== index)
      .map((seq) => `${name} ${trigger.triggerId} was fired by event ${seq} all the same.`),
  ];
}

function isWanted(kind: "turn" | "event" | "request", { type, payload }: StreamEvent): boolean {
  if (kind === "request") return type === "request.opened";
  const { params } = payload as {
    readonly params?: {
      readonly turn?: { readonly status: string };
      readonly item?: { readonly type: string; readonly text?: string };
    };
  };
  if (kind === "turn") {
    const status = params?.turn?.status ?? "";
    return type === "app_server.turn.completed" && ["completed", "failed"].includes(status);
  }
  const { type: itemType, text = "" } = params?.item ?? {};
  return (
    type === "app_server.item.completed" && itemType === "agentMessage" && text.includes("10 11")
  );
}

/** A trigger keeps the time its guard asks for between two acts. */
function tooOften({ name, guards }: Trigger, firings: readonly Firing[]): string[] {
  const { minIntervalSeconds } = guards;
  if (minIntervalSeconds === undefined) return [];
  const acts = firings.flatMap(({ actedAt }) => actedAt ?? []).toSorted((a, b) => a - b);
  return acts
    .filter((at, index) => index > 0 && at - acts[index - 1]! < minIntervalSeconds * 1_000)
    .map((at) => `${name} acted again within ${minIntervalSeconds} s, at ${at}.`);
}
