/** Questions without a codex: what is asked again, what nobody is asked for, what a crash left. */
import type { Answer } from "@signalbox/app-server";
import type { RequestResolution } from "@signalbox/contract";
import type { ServerRequest } from "@signalbox/protocol";
import { pino } from "pino";
import { expect, test } from "vitest";
import { readAll } from "../../fixtures/journal-conformance.ts";
import { EventLog } from "../journal/event-log.ts";
import { Projections } from "../journal/projection.ts";
import { SqliteJournal } from "../journal/sqlite-journal.ts";
import { openDatabase } from "../store/database.ts";
import { createAnnouncedProjection } from "./announced.ts";
import { defaultDeadlines } from "./kind.ts";
import { RequestStore } from "./request-store.ts";
import { Requests } from "./requests.ts";
import { expired, toResolution } from "./resolution.ts";

const database = openDatabase(":memory:");

/** One run of a hub on the database, with a codex that only notes what it is answered. */
async function createRun(run: string, isThere = true) {
  const store = new RequestStore(database, run);
  const journal = new SqliteJournal(database);
  const projections = new Projections(
    database,
    journal,
    [createAnnouncedProjection(store)],
    () => {},
  );
  await projections.catchUp();
  const events = new EventLog(journal, projections);
  const answers: Answer[] = [];
  const respond = (_request: unknown, answer: Answer) => {
    if (isThere) answers.push(answer);
    return isThere;
  };
  const log = pino({ level: "silent" });
  const requests = new Requests({ store, events, respond, deadlines: defaultDeadlines, log });
  return { store, journal, events, answers, requests };
}

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

async function ends(journal: SqliteJournal): Promise<RequestResolution[]> {
  const events = await readAll(journal, { types: ["request.resolved"] });
  return events.map((event) => event.value as RequestResolution);
}

test("a question that is asked again under its id is the same one", async () => {
  const { requests } = await createRun("again");
  expect(requests.open(1, toolCall(0), 5)).toMatchObject({
    event: { type: "request.opened", threadId: "t" },
  });
  expect(requests.open(1, toolCall(0), 6)).toBeUndefined();
  expect(requests.open(2, toolCall(0), 7)).toBeDefined();
  await requests.close();
});

test("a method nobody is asked for is refused as soon as it has been told", async () => {
  const { requests, answers, events, journal } = await createRun("refused");
  const message = {
    id: 9,
    method: "item/dance",
    params: { threadId: "t" },
  } as unknown as ServerRequest;
  const opened = requests.open(1, message, 5)!;
  await events.append([opened.event]);
  expect(answers).toEqual([]);
  opened.announced();
  expect(answers).toMatchObject([{ error: { code: -32601 } }]);
  await events.settled();
  expect((await ends(journal)).at(-1)).toMatchObject({ kind: "other", outcome: "refused" });
});

test("an answer that can't reach codex any more is refused, and the question has ended", async () => {
  const { requests, events, journal } = await createRun("gone", false);
  const opened = requests.open(1, toolCall(0), Date.now())!;
  await events.append([opened.event]);
  opened.announced();
  const { requestId } = opened;
  const answering = requests.respondToToolCall({ requestId, text: "late" });
  await expect(answering).rejects.toMatchObject({ code: "not_eligible" });
  expect((await ends(journal)).at(-1)).toMatchObject({
    outcome: "expired",
    reason: "runtime_exited",
  });
});

test("what a crash left open, half answered or untold ends once and is told once, over any number of starts", async () => {
  const { store, requests } = await createRun("crashed");
  const ids = [1, 2, 3].map((id) => requests.open(1, toolCall(id), 5)!.requestId);
  store.claim(ids[1]!);
  const untold = store.get(ids[2]!)!;
  store.resolve(untold.id, toResolution(untold, { outcome: "answered", success: true }), 6);

  for (const run of ["next", "after"]) {
    const started = await createRun(run);
    await started.requests.recover();
    const told = (await ends(started.journal)).filter(({ requestId }) => ids.includes(requestId));
    expect(
      told.toSorted((a, b) => ids.indexOf(a.requestId) - ids.indexOf(b.requestId)),
    ).toMatchObject([
      { requestId: ids[0], ...expired("hub_restarted") },
      { requestId: ids[1], ...expired("hub_restarted") },
      { requestId: ids[2], outcome: "answered", success: true },
    ]);
  }
});
