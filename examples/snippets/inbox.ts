/** A team of sessions that hear of each other, and a person who hears of what matters. */
import { Signalbox } from "@signalbox/sdk/node";

await using box = Signalbox.fromEnv();

// #region team
await box.sessions.create({ handle: "@builder" });
await box.sessions.create({ handle: "@lead" });
await box.subscriptions.create({ sessionId: "@builder", to: "@lead", deliver: "message" });
await box.subscriptions.create({ sessionId: "@lead" });
await box.subscriptions.create({ sessionId: "@builder", when: "needs_attention", once: false });
await box.sessions.send({ sessionId: "@builder", text: "Build it. Say what you made." });
// #endregion team

await box.wait.until(async () => (await box.inbox.list({ state: "pending" })).data.length);

// #region inbox
const { data } = await box.inbox.list({ state: "pending" });
for (const { about, kind, text } of data) console.log(about.handle, kind, text);
await box.inbox.acknowledge({ all: true });
// #endregion inbox

const told = await box.inbox.list({ to: "@lead" });
console.log(told.data.map(({ kind, state }) => `${kind} ${state}`).join());

const live = new AbortController();
const heard = Promise.withResolvers<void>();
const { journal } = await box.system.health();
const cursor = `${journal.epoch}:${journal.head}`;

// #region live
box.onEvent("inbox.noticed", ({ payload: { notice } }) => {
  if (notice.to !== null) return;
  console.log(`${notice.about.handle} is ${notice.kind}`);
  heard.resolve();
});
// #endregion live

const running = box.stream.runForever({ cursor, signal: live.signal });
await box.subscriptions.create({ sessionId: "@builder", when: "idle" });
await heard.promise;
live.abort();
await running;
