/** Says things to a session in five ways, follows what becomes of them, and lets a held queue go on. */
import { isSignalboxError } from "@signalbox/sdk";
import { Signalbox } from "@signalbox/sdk/node";

await using box = Signalbox.fromEnv();
const { session } = await box.sessions.create({});
const { sessionId } = session;

// #region modes
const first = await box.sessions.send({ sessionId, text: "Find the slow tests." });
await box.sessions.send({ sessionId, text: "Not those of the browser.", mode: "steer" });
const then = await box.sessions.send({ sessionId, text: "Make them fast.", mode: "queue" });
await box.sessions.send({ sessionId, text: "There are two cores.", mode: "context" });
const now = await box.sessions.send({ sessionId, text: "First count them.", mode: "interject" });
console.log(first.status, then.status, then.position, now.status);
// #endregion modes

// #region receipt
const ended = ["completed", "failed", "interrupted", "canceled", "refused"];
const { message } = await box.wait.until(() => box.messages.get({ messageId: then.messageId }), {
  predicate: (found) => ended.includes(found.message.state),
});
console.log(message.mode, message.state, message.turnId !== null);
// #endregion receipt

// #region scope
const chat = box.session(sessionId);
await chat.send({ text: "Run them all." });
const report = await chat.send({ text: "Tell the boss.", mode: "queue" });
// #endregion scope

// #region busy
try {
  await chat.send({ text: "And clean up." });
} catch (error) {
  if (!isSignalboxError(error) || error.code !== "session_busy") throw error;
  await chat.send({ text: "And clean up.", mode: "queue" });
}
// #endregion busy

await chat.interrupt();
await box.wait.until(async () => (await box.queue.list({ sessionId })).hold);
box.onEvent("message.completed", ({ payload }) => console.log("done:", payload.message.mode));
const { journal } = await box.system.health();
const stop = new AbortController();
const cursor = `${journal.epoch}:${journal.head}`;
const running = box.stream.runForever({ threadId: sessionId, cursor, signal: stop.signal });

// #region hold
const { data: waiting, hold } = await box.queue.list({ sessionId });
console.log(hold?.reason, waiting.length);
await box.queue.edit({ messageId: report.messageId, text: "Tell me." });
await box.queue.move({ messageId: report.messageId, before: null });
await box.queue.resume({ sessionId });
// #endregion hold

await box.wait.until(() => box.messages.get({ messageId: report.messageId }), {
  predicate: (found) => found.message.state === "completed",
});
const { turnId } = (await box.messages.get({ messageId: report.messageId })).message;
await box.wait.turn({ sessionId, turnId: turnId! });

// #region lost
const { data: unknown } = await box.messages.list({ sessionId, state: "ambiguous" });
for (const { messageId, ambiguity } of unknown) {
  console.log(messageId, ambiguity?.reason, ambiguity?.evidence?.turnsRead);
  await box.messages.reconcile({ messageId });
}
await box.queue.resume({ sessionId, ambiguous: "resend" });
// #endregion lost

stop.abort();
await running;
