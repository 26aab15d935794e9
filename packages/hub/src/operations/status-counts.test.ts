import {
  type Ambiguity,
  exampleIds,
  type Message,
  type OperationOutput,
  operations,
  type QueueHold,
} from "@signalbox/contract";
import { expect, test } from "vitest";
import { newSessionRow } from "../../fixtures/hub-state.ts";
import { newRequest } from "../../fixtures/new-request.ts";
import { NoticeStore } from "../dispatch/inbox/notice-store.ts";
import { MessageStore } from "../dispatch/messages/message-store.ts";
import { TriggerStore } from "../dispatch/triggers/trigger-store.ts";
import { RequestStore } from "../requests/request-store.ts";
import { SessionStore } from "../sessions/session-store.ts";
import { openDatabase } from "../store/database.ts";
import { StatusCounts } from "./status-counts.ts";

/** The output of the operation's first example. */
function exampleOf<Name extends "messages.get" | "inbox.get" | "triggers.get">(name: Name) {
  return (operations[name].examples[0] as { output: unknown }).output as OperationOutput<Name>;
}

const { message } = exampleOf("messages.get");
const { notice } = exampleOf("inbox.get");
const { trigger } = exampleOf("triggers.get");

/** Everything that is counted, empty. */
function setUp() {
  const database = openDatabase(":memory:");
  const stores = {
    sessions: new SessionStore(database),
    requests: new RequestStore(database),
    messages: new MessageStore(database),
    triggers: new TriggerStore(database),
    notices: new NoticeStore(database),
  };
  return { ...stores, counts: new StatusCounts(database) };
}

const none = {
  sessions: { total: 0, idle: 0, active: 0, waiting: 0, archived: 0, attached: 0 },
  questions: { waiting: 0, toolCalls: 0 },
  messages: { queued: 0, held: 0, ambiguous: 0 },
  triggers: { total: 0, enabled: 0 },
  notices: { pending: 0 },
};

test("nothing is counted as nothing", () => {
  expect(setUp().counts.read()).toEqual(none);
});

test("messages are counted where they wait, are held back or need somebody to decide, but not the hub's own", () => {
  const { sessions, messages, counts } = setUp();
  const add = (sessionId: string, states: readonly Partial<Message>[]) => {
    for (const fields of states) {
      messages.add({ ...message, messageId: crypto.randomUUID(), sessionId, ...fields });
    }
  };
  const lost: Ambiguity = { reason: "answer_lost", evidence: null, kept: false };
  const ambiguous = (kept: boolean): Partial<Message> => ({
    state: "ambiguous",
    ambiguity: { ...lost, kept },
  });
  const session = (fields = {}) => {
    const row = { ...newSessionRow(), ...fields };
    sessions.add(row);
    return row.id;
  };
  add(session(), [{}, {}, { state: "accepted" }, { state: "starting" }, { state: "completed" }]);
  const hold: QueueHold = { reason: "turn_failed", since: 1, turnId: null, messageId: null };
  add(session({ queueHold: hold }), [{}, ambiguous(false), ambiguous(true)]);
  add(session({ systemOwned: true, queueHold: hold }), [{}, ambiguous(false)]);
  expect(counts.read().messages).toEqual({ queued: 3, held: 1, ambiguous: 1 });
});

test("questions are counted until they are answered, those to people apart from tool calls", () => {
  const { requests, counts } = setUp();
  const method = "item/commandExecution/requestApproval";
  requests.add(newRequest("req_1", { rpcId: 1, method }));
  requests.add(newRequest("req_2", { rpcId: 2, method, threadId: null }));
  requests.add(newRequest("req_3", { rpcId: 3 }));
  requests.add(newRequest("req_4", { rpcId: 4, method }));
  requests.beginAnswer("req_4");
  expect(counts.read().questions).toEqual({ waiting: 2, toolCalls: 1 });
});

test("triggers are counted, the paused ones apart, and notices of the operator's inbox until they are acknowledged", () => {
  const { triggers, notices, counts } = setUp();
  const timing = { anchor: 1, nextDueAt: null, idleSince: null, idleTurnId: null };
  for (const [at, enabled] of [true, true, false].entries()) {
    triggers.put({ ...trigger, triggerId: `trg_${at}`, enabled }, timing);
  }
  for (const [at, to] of [null, null, exampleIds.sessionId].entries()) {
    notices.add({ ...notice, noticeId: `ntc_${at}`, to });
  }
  notices.acknowledge(["ntc_0"], 2);
  expect(counts.read()).toEqual({
    ...none,
    triggers: { total: 3, enabled: 2 },
    notices: { pending: 1 },
  });
});
