/**
 * Triggers that would set themselves off without end. Saying something to a session makes events in
 * it; a trigger that waits for those and says something again, in the same session or over others,
 * goes round. A bound on how often it acts breaks the round.
 */
import type { ShownAction, TriggerGuards, TriggerWhen } from "@signalbox/contract";

/** What matters of a trigger. */
export interface Link {
  readonly sessionId: string;
  readonly when: TriggerWhen;
  readonly action: ShownAction;
  readonly guards: TriggerGuards;
}

/** The sessions of a round that a trigger would close, its own first; undefined where it closes none. */
export function roundThrough(added: Link, others: readonly Link[]): string[] | undefined {
  const first = wayOf(added);
  if (first === undefined) return undefined;
  const ways = new Map<string, Set<string>>();
  for (const { from, to } of others.flatMap((other) => wayOf(other) ?? [])) {
    const all = ways.get(from) ?? new Set();
    ways.set(from, all.add(to));
  }
  // The shortest way back from where it acts to what it watches.
  const paths: string[][] = [[first.to]];
  const seen = new Set<string>();
  for (const path of paths) {
    const here = path.at(-1)!;
    if (here === first.from) return [first.from, ...path];
    if (seen.has(here)) continue;
    seen.add(here);
    for (const next of ways.get(here) ?? []) paths.push([...path, next]);
  }
  return undefined;
}

/** From the session it watches to the one it makes events in; undefined where it can't go round. */
function wayOf({
  sessionId,
  when,
  action,
  guards,
}: Link): { from: string; to: string } | undefined {
  const to = toldBy(action, sessionId);
  if (to === undefined || guards.once) return undefined;
  if (when.type === "interval" || when.type === "cron" || when.type === "webhook") return undefined;
  if (guards.maxPerHour !== undefined || guards.minIntervalSeconds !== undefined) return undefined;
  return { from: sessionId, to };
}

/** The session in which it says something. */
function toldBy(action: ShownAction, own: string): string | undefined {
  if (action.type === "send") return action.sessionId ?? own;
  return action.type === "notice" && action.deliver === "message"
    ? (action.to ?? undefined)
    : undefined;
}
