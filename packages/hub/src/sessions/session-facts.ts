/**
 * The hub's own events about sessions, each exactly once for one change, whoever made it: codex told
 * of it, or an operation did it. Decided from the rows as they stand when the event is stored, so
 * whichever of the two comes second finds nothing changed.
 */
import { isDeepStrictEqual } from "node:util";
import type { AppServerSignal, HubEventName, HubEventPayload } from "@signalbox/contract";
import type { ThreadSettings } from "@signalbox/protocol";
import { type NewEvent, toNewEvent } from "../journal/event.ts";
import { deletedMessage } from "./session-errors.ts";
import type { SessionRow } from "./session-row.ts";
import { toSummary } from "./summary.ts";
import { fromThreadSettings, toWanted } from "./thread-settings.ts";

/** What of a session to change: what a `session.updated` can tell of. */
export type SessionUpdate = Partial<
  Pick<SessionRow, "handle" | "title" | "controls" | "effort" | "projectId" | "cwd">
>;

/** Who changed something, for those who hear of it. */
export interface ChangedBy {
  readonly actor?: string | undefined;
  readonly source?: string | undefined;
}

/** The events of an update: none when nothing differs. */
export function updated(
  row: SessionRow,
  update: SessionUpdate,
  at: number,
  by: ChangedBy = {},
): NewEvent[] {
  const fields = (Object.keys(update) as (keyof SessionUpdate)[]).filter(
    (field) => update[field] !== undefined && !isDeepStrictEqual(update[field], row[field]),
  );
  if (fields.length === 0) return [];
  const changed = fields.map((field) => (field === "controls" ? "sessionControls" : field));
  const next = { ...row, ...update, updatedAt: at } as SessionRow;
  const payload = { session: toSummary(next), changed, ...by, ...previousOf(row, fields) };
  return [fact("session.updated", row.id, payload, at)];
}

function previousOf(
  { projectId, controls }: SessionRow,
  fields: readonly (keyof SessionUpdate)[],
): Pick<HubEventPayload<"session.updated">, "previous"> {
  const previous = {
    ...(fields.includes("projectId") ? { projectId } : {}),
    ...(fields.includes("controls") ? { sessionControls: controls } : {}),
  };
  return Object.keys(previous).length === 0 ? {} : { previous };
}

/** The event of an archived or unarchived session; none when it is so already. */
export function archived(row: SessionRow, isArchived: boolean, at: number): NewEvent[] {
  if (row.archived === isArchived) return [];
  const session = toSummary({ ...row, archived: isArchived, updatedAt: at });
  return [fact(isArchived ? "session.archived" : "session.unarchived", row.id, { session }, at)];
}

/** The event of a session that is gone for good; none when it was before. */
export function deleted(row: SessionRow, at: number): NewEvent[] {
  if (row.deletedAt !== null) return [];
  const payload = {
    sessionId: row.id,
    title: toSummary(row).title,
    message: deletedMessage(row.id),
    deletedAt: new Date(at).toISOString(),
  };
  // Everybody is told, unless nobody was to know of it.
  return [fact("session.deleted", row.systemOwned ? row.id : null, payload, at)];
}

/** The event of a session of another client's that the hub watches no more. */
export function detached(row: SessionRow, at: number): NewEvent[] {
  const { sessionId, title, handle } = toSummary(row);
  // Everybody is told, as of one that was deleted.
  return [fact("session.detached", null, { sessionId, title, handle }, at)];
}

/** Types of codex's notices that can tell of a change the hub has an event of its own for. */
const tellingTypes: ReadonlySet<string> = new Set([
  "app_server.thread.name.updated",
  "app_server.thread.settings.updated",
  "app_server.thread.archived",
  "app_server.thread.unarchived",
  "app_server.thread.deleted",
]);

/** What the events of a batch are seen against. */
export interface FactContext {
  /** The row of a thread; undefined when the hub does not keep it. */
  row(id: string): SessionRow | undefined;
  /** Whether these settings are those of one turn only. */
  isOfOneTurn(id: string, settings: ThreadSettings): boolean;
}

/**
 * A batch with the hub's own events put right behind the notices that brought the changes, and without
 * what codex still says of sessions that are deleted.
 */
export function withFacts(batch: readonly NewEvent[], context: FactContext): readonly NewEvent[] {
  // Changes of this batch, which the rows do not have yet.
  const changed = new Map<string, SessionRow>();
  const events: NewEvent[] = [];
  for (const event of batch) {
    const id = event.threadId;
    const row = id === null ? undefined : (changed.get(id) ?? context.row(id));
    if (row !== undefined && row.deletedAt !== null && event.type.startsWith("app_server.")) {
      continue;
    }
    events.push(event);
    if (row === undefined || !tellingTypes.has(event.type)) continue;
    const { next, facts } = factsOf(event, row, context);
    changed.set(row.id, next);
    events.push(...facts);
  }
  return events;
}

function factsOf(
  event: NewEvent,
  row: SessionRow,
  context: FactContext,
): { next: SessionRow; facts: NewEvent[] } {
  const { at } = event;
  switch (event.type) {
    case "app_server.thread.archived":
      return { next: { ...row, archived: true }, facts: archived(row, true, at) };
    case "app_server.thread.unarchived":
      return { next: { ...row, archived: false }, facts: archived(row, false, at) };
    case "app_server.thread.deleted":
      return { next: { ...row, deletedAt: at }, facts: deleted(row, at) };
    default: {
      const update = updateOf(event, row, context);
      return { next: { ...row, ...update }, facts: updated(row, update, at) };
    }
  }
}

function updateOf(event: NewEvent, row: SessionRow, context: FactContext): SessionUpdate {
  const { params } = JSON.parse(event.payload) as AppServerSignal<string, Params>;
  const { threadName: title, threadSettings } = params;
  if (threadSettings !== undefined) {
    if (context.isOfOneTurn(row.id, threadSettings)) return {};
    return toUpdate(threadSettings, row);
  }
  return typeof title === "string" && title !== "" ? { title } : {};
}

/** Codex's settings as a change of a session. */
function toUpdate(settings: ThreadSettings, row: SessionRow): SessionUpdate {
  const wanted = toWanted(fromThreadSettings(settings), row.controls.settings);
  return { ...wanted, cwd: settings.cwd };
}

interface Params {
  readonly threadName?: string | null;
  readonly threadSettings?: ThreadSettings;
}

function fact<Name extends HubEventName>(
  name: Name,
  threadId: string | null,
  payload: HubEventPayload<Name>,
  at: number,
): NewEvent {
  return toNewEvent(name, threadId, payload, at);
}
