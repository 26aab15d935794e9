/** Questions without a codex: what is asked again, what nobody is asked for, what a crash left. */
import type { ServerRequest } from "@signalbox/protocol";
import { expect, test } from "vitest";
import { createRequestsRun, endsIn, type RunOptions } from "../../fixtures/requests-run.ts";
import { openDatabase } from "../store/database.ts";
import { expired, toResolution } from "./resolution.ts";

const database = openDatabase(":memory:");

const createRun = (options: RunOptions = {}) => createRequestsRun(database, options);

function toolCall(id: number): ServerRequest {
  const params = {
    threadId: "t",
    turnId: "u",
    callId: "c",
    tool: "x",
    arguments: {},
    namespace: null,
  };
  return { id, method: "item/tool/call", params };
}

test("a question that is asked again under its id is the same one", async () => {
  const { requests } = await createRun();
  expect(requests.open("again", toolCall(0), 5)).toMatchObject({
    event: { type: "request.opened", threadId: "t" },
  });
  expect(requests.open("again", toolCall(0), 6)).toBeUndefined();
  expect(requests.open("another", toolCall(0), 7)).toBeDefined();
  await requests.close();
});

test("a question that could not be opened, since there was no room to drop old ones, is opened when it is tried again", async () => {
  const own = openDatabase(":memory:");
  const { requests, store } = await createRequestsRun(own);
  const open = (id: number) => requests.open("p", toolCall(id), Date.now());
  for (let id = 1; id < 1_024; id += 1) open(id);
  const { id } = store.pending({ process: "p" })[0]!;
  store.resolve(id, toResolution(store.get(id)!, expired("turn_ended")), 1);
  store.markAnnounced(id);
  own.exec("CREATE TRIGGER full BEFORE DELETE ON request BEGIN SELECT RAISE(ABORT, 'full'); END");
  expect(() => open(0)).toThrow("full");
  expect(open(0)).toMatchObject({ event: { type: "request.opened" } });
});

test("a method nobody is asked for is refused as soon as it has been told", async () => {
  const { requests, answers, events, journal } = await createRun();
  const message = {
    id: 9,
    method: "item/dance",
    params: { threadId: "t" },
  } as unknown as ServerRequest;
  const opened = requests.open("refused", message, 5)!;
  await events.append([opened.event]);
  expect(answers).toEqual([]);
  opened.announced();
  expect(answers).toMatchObject([{ error: { code: -32601 } }]);
  await events.settled();
  expect((await endsIn(journal)).at(-1)).toMatchObject({ kind: "other", outcome: "refused" });
});

test("an answer that can't reach codex any more is refused, and the question has ended", async () => {
  const { requests, toolCalls, events, journal } = await createRun({ isThere: false });
  const opened = requests.open("gone", toolCall(0), Date.now())!;
  await events.append([opened.event]);
  opened.announced();
  const { requestId } = opened;
  const answering = toolCalls.respond({ requestId, text: "late" });
  await expect(answering).rejects.toMatchObject({ code: "not_eligible" });
  expect((await endsIn(journal)).at(-1)).toMatchObject({
    outcome: "expired",
    reason: "runtime_exited",
  });
});

test("a call whose process does not answer fails at its deadline with a text that names it", async () => {
  const run = await createRun({ deadlines: { tool_call: 20 } });
  const opened = run.requests.open("slow", toolCall(0), Date.now())!;
  await run.events.append([opened.event]);
  const told = new Promise<void>((resolve) => {
    run.events.onAppended(() => resolve());
  });
  opened.announced();
  run.toolCalls.claim({ requestId: opened.requestId, claimant: "worker-7" });
  await told;
  const text = "Call x: the process that took it (worker-7) did not answer within 0.02 s.";
  expect(run.answers).toEqual([
    { result: { success: false, contentItems: [{ type: "inputText", text }] } },
  ]);
});

test("what a crash left open, half answered or untold ends once and is told once, over any number of starts", async () => {
  const { store, requests } = await createRun();
  const ids = [1, 2, 3].map((id) => requests.open("crashed", toolCall(id), 5)!.requestId);
  store.beginAnswer(ids[1]!);
  const untold = store.get(ids[2]!)!;
  store.resolve(untold.id, toResolution(untold, { outcome: "answered", success: true }), 6);

  for (let start = 1; start <= 2; start++) {
    const started = await createRun();
    await started.requests.recover();
    const told = (await endsIn(started.journal)).filter(({ requestId }) => ids.includes(requestId));
    expect(
      told.toSorted((a, b) => ids.indexOf(a.requestId) - ids.indexOf(b.requestId)),
    ).toMatchObject([
      { requestId: ids[0], ...expired("hub_restarted") },
      { requestId: ids[1], ...expired("hub_restarted") },
      { requestId: ids[2], outcome: "answered", success: true },
    ]);
  }
});

test("after a restart of the hub alone the questions of the process that stayed wait on, claimed or not, and are answered once", async () => {
  const before = await createRun();
  const ids = [1, 2].map(
    (id) => before.requests.open("stayed", toolCall(id), Date.now())!.requestId,
  );
  const other = before.requests.open("ended", toolCall(1), Date.now())!.requestId;
  before.store.beginAnswer(ids[1]!);
  await before.requests.close("stayed");

  const { requests, toolCalls, store, answers, journal } = await createRun();
  await requests.recover("stayed");
  requests.leftOpen.resume("stayed", Date.now()).announced();
  expect(store.get(other)?.resolution).toMatchObject(expired("hub_restarted"));
  expect(requests.open("stayed", toolCall(1), Date.now())).toBeUndefined();
  expect(answers).toEqual([]);
  for (const requestId of ids) await toolCalls.respond({ requestId, text: "yes" });
  expect(answers).toHaveLength(2);
  const again = toolCalls.respond({ requestId: ids[0]!, text: "again" });
  await expect(again).rejects.toMatchObject({ code: "already_resolved" });
  const told = (await endsIn(journal)).filter(({ requestId }) => ids.includes(requestId));
  expect(told).toMatchObject([{ outcome: "answered" }, { outcome: "answered" }]);
  await requests.close();
});

test("an answer that was lost on its way is given again when the question comes again", async () => {
  const { requests, toolCalls, answers } = await createRun();
  const { requestId } = requests.open("lost", toolCall(3), Date.now())!;
  await toolCalls.respond({ requestId, text: "yes" });
  expect(requests.open("lost", toolCall(3), Date.now())).toBeUndefined();
  expect(answers).toHaveLength(2);
  expect(answers[1]).toEqual(answers[0]);
});

test("the deadline of a question that waited through a restart is kept", async () => {
  const before = await createRun();
  const { requestId } = before.requests.open("late", toolCall(4), 5)!;
  const { requests, store, answers, events } = await createRun();
  await requests.recover("late");
  expect(store.get(requestId)?.resolution).toBeUndefined();
  const ended = Promise.withResolvers<void>();
  events.onAppended(() => ended.resolve());
  requests.leftOpen.resume("late", Date.now()).announced();
  await ended.promise;
  expect(store.get(requestId)?.resolution).toMatchObject({ outcome: "timed_out" });
  expect(answers).toMatchObject([{ result: { success: false } }]);
  await requests.close();
});

test("what a process asked that died before the next hub reached it ends once, when another is there", async () => {
  const before = await createRun();
  const { requestId } = before.requests.open("died", toolCall(5), Date.now())!;
  const { requests, store, answers } = await createRun();
  await requests.recover("died");
  const { events, announced } = requests.leftOpen.resume("another", Date.now());
  expect(events).toMatchObject([{ type: "request.resolved" }]);
  announced();
  expect(store.get(requestId)?.resolution).toMatchObject(expired("runtime_exited"));
  expect(requests.leftOpen.resume("another", Date.now()).events).toEqual([]);
  expect(answers).toEqual([]);
});
