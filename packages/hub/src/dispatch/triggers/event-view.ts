/** An event as conditions and texts see it. */

import type { EventCondition } from "@signalbox/contract";
import { wildcard } from "./wildcard.ts";

/** An event: of the journal, or made up of a time or a webhook. */
export interface EventView {
  readonly type: string;
  readonly threadId: string | null;
  /** Position; null for what is not in the journal. */
  readonly seq: number | null;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly payload: unknown;
}

/** What stands at a path; undefined where nothing does. Only what the event itself holds is seen. */
export function valueAt(event: EventView, path: string): unknown {
  let value: unknown = event;
  for (const step of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** Whether all conditions hold. */
export function holdsFor(event: EventView, conditions: readonly EventCondition[]): boolean {
  return conditions.every((condition) => holds(valueAt(event, condition.path), condition));
}

function holds(found: unknown, condition: EventCondition): boolean {
  switch (condition.op) {
    case "exists":
      return (found !== undefined) === condition.value;
    case "eq":
      return found === condition.value;
    case "ne":
      return found !== condition.value;
    case "gt":
      return typeof found === "number" && found > condition.value;
    case "lt":
      return typeof found === "number" && found < condition.value;
    case "contains":
      if (Array.isArray(found)) return found.includes(condition.value);
      return typeof found === "string" && found.includes(String(condition.value));
    case "matches":
      return typeof found === "string" && wildcard(condition.value, found);
  }
}
