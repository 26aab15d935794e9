/** Each time that came is accounted for once: by a firing of its own, or by one that says it stands for it. */
import type { Firing, StreamEvent, Trigger } from "@signalbox/contract";
import { type FiringEvidence, lifeOf, type Span } from "./firing-verdict.ts";
import { calendarStep } from "./rules.ts";

/** Milliseconds by which a time may be noticed late. */
const slack = 5_000;

/** What is wrong, one sentence each; empty where nothing is. */
export function judgeTimes(
  trigger: Trigger,
  firings: readonly Firing[],
  evidence: FiringEvidence,
): string[] {
  const { from, to } = lifeOf(trigger, evidence.events);
  if (trigger.when.type === "idle_for") return judgeRests(trigger, firings, evidence);
  const step = stepOf(trigger);
  if (step === undefined) return [];
  const anchor = trigger.when.type === "interval" ? from.at : 0;
  const what = `${trigger.name} ${trigger.triggerId}`;
  const wrong: string[] = [];
  let next = anchor + (Math.floor((from.at - anchor) / step) + 1) * step;
  for (const { cause } of firings) {
    if (cause.type !== "time") continue;
    const first = cause.dueAt - cause.missed * step;
    if (first !== next) wrong.push(`${what}: ${next} was due, and ${first} is accounted for.`);
    next = cause.dueAt + step;
    if (cause.skipped && policyOf(trigger) !== "skip") {
      wrong.push(`${what}: ${cause.dueAt} was skipped, which is not its policy.`);
    }
    if (cause.missed > 0 && policyOf(trigger) === "all") {
      wrong.push(`${what}: one firing stands for ${cause.missed} more times.`);
    }
  }
  // One that came as the trigger was stopped may or may not have been noticed.
  if (next <= to.at - slack) wrong.push(`${what}: ${next} was due, and nothing came of it.`);
  return wrong;
}

/** Milliseconds from one time to the next; undefined of a trigger of something else. */
function stepOf({ when, name }: Trigger): number | undefined {
  if (when.type === "interval") return when.seconds * 1_000;
  if (when.type !== "cron") return undefined;
  return (name === "Minute" ? 60 : calendarStep) * 1_000;
}

/** What becomes of times that are missed; one firing stands for all of an interval's. */
function policyOf({ when }: Trigger): "skip" | "once" | "all" {
  return when.type === "cron" ? when.missed : "once";
}

/** Each rest that lasted long enough fired once, and no other did. */
function judgeRests(
  trigger: Trigger,
  firings: readonly Firing[],
  { events, absences }: FiringEvidence,
): string[] {
  const { sessionId, when, name, triggerId } = trigger;
  const needed = when.type === "idle_for" ? when.seconds * 1_000 : 0;
  const { from, to } = lifeOf(trigger, events);
  const rests = restsOf(sessionId, events, from, to);
  const fired = Map.groupBy(firings, ({ cause }) => (cause.type === "idle" ? cause.since : 0));
  const wrong: string[] = [];
  for (const rest of rests) {
    const times = fired.get(rest.from)?.length ?? 0;
    fired.delete(rest.from);
    const length = rest.to - rest.from;
    const present = length - overlap(rest, absences);
    if (times > 1) wrong.push(`${name} ${triggerId} fired ${times} times in one rest.`);
    if (times === 1 && length < needed) {
      wrong.push(`${name} ${triggerId} fired after ${length} ms of rest.`);
    }
    if (times === 0 && present > needed + slack) {
      wrong.push(`${name} ${triggerId} did not fire in ${length} ms of rest from ${rest.from}.`);
    }
  }
  for (const since of fired.keys()) wrong.push(`${name} ${triggerId} fired for no rest: ${since}.`);
  return wrong;
}

function restsOf(
  sessionId: string,
  events: readonly StreamEvent[],
  from: StreamEvent,
  to: StreamEvent,
): Span[] {
  const rests: Span[] = [];
  let since: number | undefined = from.at;
  for (const { seq, type, threadId, at } of events) {
    if (threadId !== sessionId || seq < from.seq || seq > to.seq) continue;
    if (type === "app_server.turn.started" && since !== undefined) {
      rests.push({ from: since, to: at });
      since = undefined;
    } else if (type === "app_server.turn.completed") {
      // Two turns may end one after the other, where one of them was told late.
      if (since !== undefined) rests.push({ from: since, to: at });
      since = at;
    }
  }
  if (since !== undefined) rests.push({ from: since, to: to.at });
  return rests;
}

function overlap({ from, to }: Span, spans: readonly Span[]): number {
  return spans.reduce(
    (sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)),
    0,
  );
}
