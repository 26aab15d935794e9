/** Answers that were lost on their way, and those that could not be stored. */
import type { ServerRequest } from "@signalbox/protocol";
import { expect, test } from "vitest";
import { createRequestsRun, endsIn } from "../../fixtures/requests-run.ts";
import { openDatabase } from "../store/database.ts";

const input = {
  id: 0,
  method: "item/tool/requestUserInput",
  params: { threadId: "t", turnId: "u", itemId: "i", questions: [], isBlocking: true },
} as unknown as ServerRequest;
const toolCall = {
  id: 1,
  method: "item/tool/call",
  params: { threadId: "t", turnId: "u", callId: "c", tool: "x", arguments: {}, namespace: null },
} as ServerRequest;

const answer = { result: { answers: { pin: { answers: ["4711"] } } } };

test("what a person typed is given again from memory, and is nowhere on the disk", async () => {
  const database = openDatabase(":memory:");
  const { requests, answers } = await createRequestsRun(database);
  const { requestId } = requests.open("p", input, Date.now())!;
  await requests.answer(requests.findOwn(requestId, "request_not_found"), answer, {
    outcome: "answered",
  });
  expect(requests.open("p", input, Date.now())).toBeUndefined();
  expect(answers).toEqual([answer, answer]);
  expect(JSON.stringify(database.prepare("SELECT * FROM request").all())).not.toContain("4711");
  expect(JSON.stringify(database.prepare("SELECT * FROM event").all())).not.toContain("4711");
});

test("a question whose answer nobody knows any more is asked anew, under an id of its own", async () => {
  const database = openDatabase(":memory:");
  const before = await createRequestsRun(database);
  const { requestId } = before.requests.open("p", input, Date.now())!;
  await before.requests.answer(before.requests.findOwn(requestId, "request_not_found"), answer, {
    outcome: "answered",
  });
  const { requests, store, answers } = await createRequestsRun(database);
  await requests.recover("p");
  const again = requests.open("p", input, Date.now())!;
  expect(again.requestId).not.toBe(requestId);
  expect(store.get(requestId)?.resolution?.outcome).toBe("answered");
  expect(requests.open("p", input, Date.now())).toBeUndefined();
  await requests.answer(requests.findOwn(again.requestId, "request_not_found"), answer, {
    outcome: "answered",
  });
  expect(answers).toEqual([answer]);
});

test("an answer is kept until codex says that it has it", async () => {
  const database = openDatabase(":memory:");
  const { requests, toolCalls } = await createRequestsRun(database);
  const kept = () => database.prepare("SELECT answer FROM request").get()?.answer;
  const { requestId } = requests.open("p", toolCall, Date.now())!;
  await toolCalls.respond({ requestId, text: "seen" });
  expect(kept()).toContain("seen");
  const params = { threadId: "t", requestId: 1 };
  requests.withdrawals.observe("other process", { method: "serverRequest/resolved", params }, 1);
  expect(kept()).toContain("seen");
  requests.withdrawals.observe("p", { method: "serverRequest/resolved", params }, 1);
  expect(kept()).toBeNull();
});

test("an answer of the hub's own that can't be stored is given once there is room, once", async () => {
  const database = openDatabase(":memory:");
  const { requests, events, answers, journal } = await createRequestsRun(database);
  const unknown = { id: 2, method: "item/dance", params: {} } as unknown as ServerRequest;
  const { event, announced } = requests.open("p", unknown, Date.now())!;
  await events.append([event]);
  const told = Promise.withResolvers<void>();
  events.onAppended(() => told.resolve());
  database.exec("PRAGMA query_only = ON");
  announced();
  expect(answers).toEqual([]);
  database.exec("PRAGMA query_only = OFF");
  await told.promise;
  expect(answers).toMatchObject([{ error: { code: -32601 } }]);
  expect(await endsIn(journal)).toMatchObject([{ outcome: "refused" }]);
});
