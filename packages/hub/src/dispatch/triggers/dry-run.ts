/** What a trigger would do, without doing it. */
import type {
  FiringCause,
  OperationInput,
  OperationOutput,
  TriggerDefinition,
} from "@signalbox/contract";
import { type Acts, previewOf } from "./acts.ts";
import { causeOf } from "./causes.ts";
import { dueAfter, isDueAt, isTimed } from "./due-times.ts";
import type { EventView } from "./event-view.ts";
import { judge } from "./guards.ts";
import { newFiringOf } from "./reactor.ts";
import { type StandingParts, standingOf } from "./standing.ts";
import type { KeptTrigger } from "./trigger-store.ts";

/** What a dry run looks at. */
export interface DryRunParts extends StandingParts {
  readonly acts: Acts;
  readonly find: (triggerId: string) => KeptTrigger;
}

/** Why it would fire, or why not. */
type Match =
  | { readonly cause: FiringCause; readonly event: EventView; readonly reason: string }
  | { readonly cause?: never; readonly reason: string };

/** Says what would happen. */
export function dryRun(
  input: OperationInput<"triggers.test">,
  parts: DryRunParts,
): OperationOutput<"triggers.test"> {
  const { definition, timing } = parts.find(input.triggerId);
  const { triggerId, when } = definition;
  const now = parts.clock.now();
  const nextDueAt = isTimed(when) ? dueAfter(when, timing.anchor, now) : timing.nextDueAt;
  const match = matchOf(definition, timing.anchor, input, nextDueAt, now);
  const said = { triggerId, matches: match.cause !== undefined, reason: match.reason, nextDueAt };
  if (match.cause === undefined) {
    return { ...said, guards: [], wouldFire: false, preview: null };
  }
  const { cause, event } = match;
  const { targetId, id } = newFiringOf(definition);
  const facts = { id, triggerId, cause, event, dueAt: event.at };
  const content = parts.acts.contentOf(definition, facts);
  const digest = content === undefined ? "" : parts.acts.digestOf(definition, facts, content);
  const depth = "turnId" in cause ? parts.firings.depthOf(cause.turnId) : 0;
  const standing = standingOf(definition, { cause, depth, targetId, digest, content }, parts);
  const guards = judge(definition.guards, standing);
  return {
    ...said,
    guards,
    wouldFire: content !== undefined && guards.every(({ passes }) => passes),
    preview: content === undefined ? null : previewOf(content),
  };
}

function matchOf(
  definition: TriggerDefinition,
  anchor: number,
  { at, event }: OperationInput<"triggers.test">,
  nextDueAt: number | null,
  now: number,
): Match {
  const { when, sessionId } = definition;
  if (isTimed(when)) {
    const time = at ?? nextDueAt;
    if (time === null) return { reason: "It is never due again." };
    if (!isDueAt(when, anchor, time)) return { reason: "It is not due then." };
    const cause: FiringCause = { type: "time", dueAt: time, missed: 0, skipped: false };
    return { cause, event: made(when.type, null, time, cause), reason: "It is due then." };
  }
  if (when.type === "idle_for") {
    const since = (at ?? now) - when.seconds * 1_000;
    const cause: FiringCause = { type: "idle", since, turnId: null };
    const reason = `It is due when the session has rested for ${when.seconds} s.`;
    return { cause, event: made(when.type, null, at ?? now, cause), reason };
  }
  if (event === undefined) return { reason: "Give an event to see whether it fits." };
  if (when.type === "webhook") {
    const cause: FiringCause = { type: "webhook", webhookId: "test" };
    const reason = "Whatever is posted and signed fits.";
    return { cause, event: made("webhook", null, now, event.payload), reason };
  }
  const example = { ...made(event.type, sessionId, now, event.payload), seq: 0 };
  const cause = causeOf(definition, example);
  return cause === undefined
    ? { reason: "The event does not fit." }
    : { cause, event: example, reason: "The event fits." };
}

function made(type: string, threadId: string | null, at: number, payload: unknown): EventView {
  return { type, threadId, seq: null, at, payload };
}
