/** Subscriptions and inboxes on the real codex: who is told what, how, and how often. */
import { type HubEventPayload, type InputOf, type Notice, operations } from "@signalbox/contract";
import { execCommand, failed, text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../../../fixtures/hub-world.ts";
import { openRunningTalk, openTalk, type Talk } from "../../../fixtures/talk.ts";
import { speakElsewhere } from "../../../fixtures/thread-elsewhere.ts";

const {
  "sessions.send": send,
  "sessions.rename": rename,
  "sessions.delete": remove,
  "subscriptions.create": subscribe,
  "subscriptions.list": subscriptions,
  "subscriptions.delete": unsubscribe,
  "inbox.list": list,
  "inbox.get": get,
  "inbox.acknowledge": acknowledge,
  "triggers.create": createTrigger,
  "triggers.firings.list": firings,
} = operations;

let world: HubWorld;
/** Hears everything. */
let stream: StreamClient;
beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("Yes."));
  stream = await StreamClient.open(world.hub);
});
afterAll(async () => {
  stream[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

let named = 0;

/** A session with a handle. */
async function openNamed(): Promise<Talk & { readonly handle: string }> {
  named += 1;
  const handle = `@worker-${named}`;
  const talk = await openTalk(world.hub, world.model);
  await call(world.hub, rename, { sessionId: talk.sessionId, handle });
  return { ...talk, handle };
}

/** Subscribes; what is told by it can be waited for. */
async function subscribeTo(input: InputOf<typeof subscribe>) {
  const { subscription } = await call(world.hub, subscribe, input);
  const { triggerId } = subscription;
  return { subscription, triggerId };
}

/** The n-th notice of a subscription, as it is told on the stream. */
async function noticed(triggerId: string, n = 1): Promise<Notice> {
  const found = () =>
    stream.events.flatMap(({ type, payload }) => {
      if (type !== "inbox.noticed") return [];
      const { notice } = payload as HubEventPayload<"inbox.noticed">;
      return notice.triggerId === triggerId ? [notice] : [];
    });
  await stream.until(() => found().length >= n);
  return found()[n - 1]!;
}

/** Says something, and waits for the end of its turn. */
async function say(talk: Talk, reply: ReturnType<typeof text | typeof failed>, words = "Go") {
  talk.model.turn(reply);
  const { messageId } = await call(world.hub, send, { sessionId: talk.sessionId, text: words });
  await talk.stream.until(() =>
    talk.stream.events.some(
      ({ type, payload }) =>
        /^message\.(completed|failed)$/.test(type) &&
        (payload as HubEventPayload<"message.failed">).message.messageId === messageId,
    ),
  );
}

test("the operator hears of the end of the next turn with its last words, and of no other", async () => {
  using talk = await openNamed();
  const { triggerId, subscription } = await subscribeTo({ sessionId: talk.handle });
  expect(subscription).toMatchObject({
    sessionId: talk.sessionId,
    when: "done",
    to: null,
    deliver: "inbox",
    once: true,
  });
  await say(talk, text("It is built."));
  const notice = await noticed(triggerId);
  expect(notice).toMatchObject({
    to: null,
    kind: "completed",
    text: "It is built.",
    state: "pending",
    messageId: null,
    undelivered: null,
    about: { sessionId: talk.sessionId, handle: talk.handle, requestId: null },
  });
  expect(await call(world.hub, get, { noticeId: notice.noticeId })).toEqual({ notice });
  await talk.stream.event("trigger.deleted");
  const { data } = await call(world.hub, subscriptions, { sessionId: talk.sessionId });
  expect(data).toEqual([]);
  await say(talk, text("And again."));
  const { data: mine } = await call(world.hub, list, {});
  expect(mine.filter(({ about }) => about.sessionId === talk.sessionId)).toEqual([notice]);
});

test("a subscription that stays tells of each turn it is for, of a failure why, until it is deleted", async () => {
  using talk = await openNamed();
  const { triggerId } = await subscribeTo({
    sessionId: talk.sessionId,
    when: "failed",
    once: false,
  });
  await say(talk, text("Fine."));
  await say(talk, failed("invalid_prompt", "No such words."));
  const first = await noticed(triggerId);
  expect(first).toMatchObject({ kind: "failed", text: expect.stringContaining("No such words.") });
  await say(talk, failed("invalid_prompt", "Nor these."));
  expect(await noticed(triggerId, 2)).toMatchObject({
    text: expect.stringContaining("Nor these."),
  });
  const { data } = await call(world.hub, subscriptions, { sessionId: talk.sessionId });
  expect(data.map((one) => one.triggerId)).toEqual([triggerId]);
  expect(await call(world.hub, unsubscribe, { triggerId })).toEqual({ status: "ok", triggerId });
  expect(await callRaw(world.hub, unsubscribe, { triggerId })).toMatchObject({
    status: 404,
    body: { code: "trigger_not_found" },
  });
  // What it told stays.
  expect((await call(world.hub, get, { noticeId: first.noticeId })).notice).toEqual(first);
});

test("of a question the notice says what is asked, and an answer that fits as it stands", async () => {
  using talk = await openNamed();
  const { triggerId } = await subscribeTo({ sessionId: talk.sessionId, when: "needs_attention" });
  talk.model.turn(execCommand({ cmd: "touch asked", escalate: true }), text("Then not."));
  await call(world.hub, send, { sessionId: talk.sessionId, text: "Go" });
  const notice = await noticed(triggerId);
  expect(notice.kind).toBe("approval");
  expect(notice.text).toContain("touch asked");
  const [, example = ""] = /requests\.respond (\{.*\}), until /.exec(notice.text) ?? [];
  const answer = JSON.parse(example) as InputOf<(typeof operations)["requests.respond"]>;
  expect(answer.requestId).toBe(notice.about.requestId);
  await call(world.hub, operations["requests.respond"], answer);
  const { payload } =
    await talk.stream.event<HubEventPayload<"request.resolved">>("request.resolved");
  expect(payload).toMatchObject({ outcome: "answered", decision: "decline" });
});

test("a session is told by a message in its queue, which says who it is about and quotes what was said", async () => {
  using talk = await openNamed();
  using lead = await openRunningTalk(world.hub, world.model);
  const { triggerId } = await subscribeTo({
    sessionId: talk.sessionId,
    to: lead.sessionId,
    deliver: "message",
    name: "The build",
  });
  await say(talk, text("It is built.\n--\nSignalbox, about nobody."));
  const notice = await noticed(triggerId);
  expect(notice).toMatchObject({
    to: lead.sessionId,
    state: "acknowledged",
    undelivered: null,
    messageId: expect.stringMatching(/^msg_/),
  });
  const { message } = await call(world.hub, operations["messages.get"], {
    messageId: notice.messageId!,
  });
  expect(message).toMatchObject({ sessionId: lead.sessionId, state: "queued", actor: triggerId });
  expect(message.text).toBe(
    [
      `${talk.handle} completed a turn:`,
      "",
      "> It is built.",
      "> --",
      "> Signalbox, about nobody.",
      "",
      "--",
      `Signalbox, about ${talk.handle} (session ${talk.sessionId}, turn ${notice.about.turnId}), by the subscription "The build" (${triggerId}).`,
    ].join("\n"),
  );
  lead.model.turn(text("Good."));
  lead.goOn();
  await lead.told("completed", message.messageId);
  const { userTexts } = world.model.requests.findLast(
    ({ threadId }) => threadId === lead.sessionId,
  )!;
  expect(userTexts.at(-1)).toBe(message.text);
});

test("where a session can't be spoken in, what it would have been told waits in its inbox, and says why", async () => {
  using talk = await openNamed();
  const attached = await speakElsewhere(world.codex, "What does this do?");
  await call(world.hub, operations["sessions.attach"], { threadId: attached });
  const { triggerId } = await subscribeTo({
    sessionId: talk.sessionId,
    to: attached,
    deliver: "message",
  });
  await say(talk, text("It is built."));
  await talk.stream.event("trigger.deleted");
  const { data } = await call(world.hub, list, { to: attached });
  expect(data).toMatchObject([
    {
      triggerId,
      text: "It is built.",
      state: "pending",
      messageId: null,
      undelivered: { code: "session_attached" },
    },
  ]);
});

test("a session that rests is told of as idle, at once where it rests already", async () => {
  using talk = await openNamed();
  const { triggerId } = await subscribeTo({ sessionId: talk.sessionId, when: "idle" });
  expect(await noticed(triggerId)).toMatchObject({ kind: "idle", text: "" });
  await say(talk, text("Done with it."));
  const after = await subscribeTo({ sessionId: talk.sessionId, when: "idle", once: false });
  await noticed(after.triggerId);
  await say(talk, text("Done again."));
  expect(await noticed(after.triggerId, 2)).toMatchObject({ text: "Done again." });
});

test("activity tells of turns, of what is said and done in them, and of questions", async () => {
  using talk = await openNamed();
  const { triggerId } = await subscribeTo({
    sessionId: talk.sessionId,
    when: "activity",
    once: false,
  });
  await say(talk, text("Hello there."), "Say hello");
  await noticed(triggerId, 4);
  const { data } = await call(world.hub, list, { kind: "activity", order: "oldest" });
  const texts = data
    .filter(({ about }) => about.sessionId === talk.sessionId)
    .map((notice) => notice.text);
  expect(texts).toEqual([
    "A turn began.",
    "user: Say hello",
    "assistant: Hello there.",
    "A turn ended: completed.",
  ]);
});

test("of many who take note of a notice one is told that it was pending, and everybody hears of it once", async () => {
  using talk = await openNamed();
  const { triggerId } = await subscribeTo({ sessionId: talk.sessionId });
  await say(talk, text("Done."));
  const { noticeId } = await noticed(triggerId);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => call(world.hub, acknowledge, { noticeId })),
  );
  expect(answers.map(({ acknowledged }) => acknowledged).toSorted()).toEqual([
    ...Array.from({ length: 7 }, () => 0),
    1,
  ]);
  const { notice } = await call(world.hub, get, { noticeId });
  expect(notice).toMatchObject({ state: "acknowledged", acknowledgedAt: expect.any(Number) });
  const told = stream.events.filter(
    ({ type, payload }) =>
      type === "inbox.acknowledged" &&
      (payload as HubEventPayload<"inbox.acknowledged">).noticeIds.includes(noticeId),
  );
  expect(told.map(({ payload }) => payload)).toEqual([{ to: null, noticeIds: [noticeId] }]);
});

test("all of one inbox are taken note of without touching another's", async () => {
  using talk = await openNamed();
  using lead = await openNamed();
  const theirs = await subscribeTo({ sessionId: talk.sessionId, to: lead.handle, once: false });
  const own = await subscribeTo({ sessionId: talk.sessionId, once: false });
  await say(talk, text("One."));
  await say(talk, text("Two."));
  await noticed(own.triggerId, 2);
  await noticed(theirs.triggerId, 2);
  expect(await call(world.hub, acknowledge, { all: true, to: lead.handle })).toMatchObject({
    acknowledged: 2,
  });
  const pending = async (input: InputOf<typeof list>) =>
    (await call(world.hub, list, { ...input, state: "pending" })).data.filter(
      ({ about }) => about.sessionId === talk.sessionId,
    );
  expect(await pending({ to: lead.sessionId })).toEqual([]);
  expect((await pending({})).map((one) => one.text)).toEqual(["Two.", "One."]);
  const everyones = await call(world.hub, list, { everyone: true });
  expect(everyones.data.filter(({ about }) => about.sessionId === talk.sessionId)).toHaveLength(4);
});

test("with a session its inbox goes, and the subscriptions by which it was told", async () => {
  using talk = await openNamed();
  using lead = await openNamed();
  await say(lead, text("Here."));
  const { triggerId } = await subscribeTo({
    sessionId: talk.sessionId,
    to: lead.sessionId,
    once: false,
  });
  await say(talk, text("One."));
  const { noticeId } = await noticed(triggerId);
  await call(world.hub, remove, { sessionId: lead.sessionId });
  await talk.stream.event("trigger.deleted");
  expect(await callRaw(world.hub, get, { noticeId })).toMatchObject({
    status: 404,
    body: { code: "notice_not_found" },
  });
});

test("sessions that would tell each other for ever are refused; once, or so often an hour, is well", async () => {
  using a = await openNamed();
  using b = await openNamed();
  const there = { sessionId: a.sessionId, to: b.sessionId, deliver: "message" } as const;
  const back = { sessionId: b.sessionId, to: a.sessionId, deliver: "message" } as const;
  await subscribeTo({ ...there, once: false });
  const { status, body } = await callRaw(world.hub, subscribe, { ...back, once: false });
  expect([status, body]).toMatchObject([409, { code: "self_loop" }]);
  await subscribeTo({ ...back, once: true });
  await subscribeTo({ ...back, once: false, maxPerHour: 2 });
  await subscribeTo({ ...back, deliver: "inbox", once: false });
});

test("a trigger can tell too, and none can wait for what triggers tell", async () => {
  using talk = await openNamed();
  const { sessionId } = talk;
  const { trigger } = await call(world.hub, createTrigger, {
    name: "Now",
    sessionId,
    when: { type: "interval", seconds: 1 },
    action: { type: "notice" },
    guards: { once: true },
  });
  expect(await noticed(trigger.triggerId)).toMatchObject({ kind: "time", to: null });
  expect((await call(world.hub, subscriptions, { sessionId })).data).toEqual([]);
  for (const type of ["inbox.noticed", "inbox.*", "inb*", "*"]) {
    const refused = await callRaw(world.hub, createTrigger, {
      name: "Round",
      sessionId,
      when: { type: "event", types: [type] },
      action: { type: "notice" },
    });
    expect(refused, type).toMatchObject({
      status: 400,
      body: { code: "invalid_request", details: { issues: [{ path: "when.types.0" }] } },
    });
  }
});

test("a question that somebody has answered already is not told of, and the subscription waits for the next", async () => {
  using talk = await openNamed();
  const { sessionId } = talk;
  await call(world.hub, operations["sessions.policy.set"], { sessionId, mode: "deny" });
  const { triggerId } = await subscribeTo({ sessionId, when: "approval" });
  talk.model.turn(execCommand({ cmd: "touch asked", escalate: true }), text("Then not."));
  await call(world.hub, send, { sessionId, text: "Go" });
  await talk.stream.event("trigger.fired");
  const { data } = await call(world.hub, firings, { triggerId });
  expect(data.map(({ state }) => state)).toEqual(["suppressed"]);
  const heldBackBy = data[0]!.guards.filter(({ passes }) => !passes);
  expect(heldBackBy.map(({ guard }) => guard)).toEqual(["request"]);
  expect((await call(world.hub, subscriptions, { sessionId })).data).toHaveLength(1);
});

test("pages of an inbox hold each notice once, in the order in which they were told", async () => {
  using talk = await openNamed();
  using lead = await openNamed();
  const { triggerId } = await subscribeTo({
    sessionId: talk.sessionId,
    to: lead.sessionId,
    once: false,
  });
  for (const words of ["1", "2", "3"]) await say(talk, text(words));
  await noticed(triggerId, 3);
  const texts: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await call(world.hub, list, {
      to: lead.sessionId,
      order: "oldest",
      limit: 2,
      cursor,
    });
    texts.push(...page.data.map((one) => one.text));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(texts).toEqual(["1", "2", "3"]);
});

test("a long reply is told by its end, as long as a notice may be", async () => {
  using talk = await openNamed();
  const { triggerId } = await subscribeTo({ sessionId: talk.sessionId });
  await say(talk, text(`${"a".repeat(5_000)}the end`));
  const notice = await noticed(triggerId);
  expect(notice.text).toHaveLength(4_000);
  expect(notice.text).toMatch(/^…a+the end$/);
});
