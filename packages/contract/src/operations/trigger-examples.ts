/** The trigger that examples show. */
import { exampleIds } from "../operation/example-ids.ts";
import type { Firing } from "./firing.ts";
import type { Trigger } from "./trigger.ts";

/** A trigger, for examples. */
export const exampleTrigger = {
  triggerId: exampleIds.triggerId,
  name: "Morning report",
  sessionId: exampleIds.sessionId,
  when: { type: "cron", expression: "0 8 * * MON-FRI", timeZone: "Europe/Berlin", missed: "once" },
  action: { type: "send", mode: "queue", text: "What is open?" },
  guards: { idleOnly: false, deduplicate: false, once: false },
  enabled: true,
  createdAt: 1_767_225_600_000,
  updatedAt: 1_767_225_600_000,
  nextDueAt: 1_767_250_800_000,
} satisfies Trigger;

/** One of its firings, for examples. */
export const exampleFiring = {
  firingId: "fir_01990000000070008000000000000a01",
  triggerId: exampleIds.triggerId,
  name: "Morning report",
  sessionId: exampleIds.sessionId,
  state: "done",
  cause: { type: "time", dueAt: 1_767_250_800_000, missed: 0, skipped: false },
  depth: 0,
  guards: [{ guard: "enabled", passes: true, reason: "The trigger is on." }],
  action: "send",
  preview: "What is open?",
  result: { turnId: exampleIds.turnId },
  error: null,
  delay: null,
  dueAt: 1_767_250_800_000,
  actedAt: 1_767_250_800_010,
  endedAt: 1_767_250_800_050,
} satisfies Firing;
