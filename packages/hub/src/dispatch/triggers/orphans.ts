/** Triggers of sessions that were deleted, and those that tell them: they go with their session. */
import type { EventLog } from "../../journal/event-log.ts";
import type { Roster } from "../../sessions/roster.ts";
import type { Clock } from "./clock.ts";
import { toDeletedEvent } from "./trigger-events.ts";
import type { KeptTrigger, TriggerStore } from "./trigger-store.ts";

/** What is looked at, and told. */
export interface OrphansParts {
  readonly triggers: TriggerStore;
  readonly roster: Pick<Roster, "isDeleted">;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Takes them away. Rejects with `storage_unavailable`; then they are still there. */
export async function removeOrphans(parts: OrphansParts): Promise<void> {
  const { triggers, roster, events, clock } = parts;
  const isOrphan = ({ definition: { sessionId, action } }: KeptTrigger) =>
    roster.isDeleted(sessionId) ||
    (action.type === "notice" && action.to !== null && roster.isDeleted(action.to));
  if (!triggers.all().some(isOrphan)) return;
  await events.append(() =>
    triggers
      .all()
      .filter(isOrphan)
      .map(({ definition }) => toDeletedEvent(definition, clock.now())),
  );
}
