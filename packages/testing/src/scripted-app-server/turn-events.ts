/**
 * The notifications of a turn as actions, so that a script can put them in another order, leave
 * some out, or write some late. They are about the turn that the served `turn/start` has started
 * (`{{threadId}}`, `{{turnId}}`); their order in {@link wholeTurn} is that of the real app-server.
 */
import { type Action, notify } from "./action.ts";

const TURN = { threadId: "{{threadId}}", turnId: "{{turnId}}" };

/** `thread/status/changed{active}` and `turn/started`. */
export function turnStarted(): readonly Action[] {
  return [
    notify("thread/status/changed", {
      threadId: "{{threadId}}",
      status: { type: "active", activeFlags: [] },
    }),
    notify("turn/started", { threadId: "{{threadId}}", turn: turn("inProgress") }),
  ];
}

/** `item/started` and `item/completed` of the user's message. */
export function userMessage(itemId = "{{turnId}}-user"): readonly Action[] {
  return wholeItem({
    type: "userMessage",
    id: itemId,
    clientId: "{{params.clientUserMessageId}}",
    content: "{{params.input}}",
  });
}

/** `item/started`, one `item/agentMessage/delta` for each delta, and `item/completed`. */
export function agentMessage(
  deltas: string | readonly string[],
  itemId = "{{turnId}}-agent",
): readonly Action[] {
  const parts = typeof deltas === "string" ? [deltas] : deltas;
  const [started, completed] = wholeItem(agentMessageItem(itemId, ""), {
    text: parts.join(""),
  });
  return [started, ...parts.map((delta) => agentMessageDelta(delta, itemId)), completed];
}

/** One `item/agentMessage/delta`. */
export function agentMessageDelta(delta: string, itemId = "{{turnId}}-agent"): Action {
  return notify("item/agentMessage/delta", { ...TURN, itemId, delta });
}

/** `item/started` and `item/completed` of any item; `changed` is laid over the completed one. */
export function wholeItem(
  item: { readonly type: string; readonly id: string; readonly [field: string]: unknown },
  changed: Readonly<Record<string, unknown>> = {},
): readonly [Action, Action] {
  return [
    notify("item/started", {
      ...TURN,
      item: { ...item, startedAtMs: 0, completedAtMs: null },
      startedAtMs: 0,
    }),
    notify("item/completed", {
      ...TURN,
      item: { ...item, ...changed, startedAtMs: 0, completedAtMs: 1 },
      contentTokenCount: null,
      completedAtMs: 1,
    }),
  ];
}

/** `thread/status/changed{idle}` and `turn/completed`. */
export function turnCompleted(
  status: "completed" | "failed" | "interrupted" = "completed",
  message = "scripted failure",
): readonly Action[] {
  const error =
    status === "failed"
      ? { message, codexErrorInfo: "other", additionalDetails: null, misalignment: null }
      : null;
  return [
    notify("thread/status/changed", { threadId: "{{threadId}}", status: { type: "idle" } }),
    notify("turn/completed", { threadId: "{{threadId}}", turn: { ...turn(status), error } }),
  ];
}

/** Everything a plain turn writes after the answer to `turn/start`. */
export function wholeTurn(deltas: string | readonly string[] = "ok"): readonly Action[] {
  return [...turnStarted(), ...userMessage(), ...agentMessage(deltas), ...turnCompleted()];
}

function agentMessageItem(id: string, text: string) {
  return {
    type: "agentMessage",
    id,
    text,
    phase: null,
    memoryCitation: null,
    delivery: null,
    questions: null,
    moderation: null,
  };
}

function turn(status: string) {
  return {
    id: "{{turnId}}",
    rootTurnId: "{{turnId}}",
    items: [],
    itemsView: "notLoaded",
    status,
    error: null,
    startedAt: 0,
    completedAt: status === "inProgress" ? null : 1,
    durationMs: status === "inProgress" ? null : 1000,
  };
}
