/** One question to an agent: its answer as it is written, its end, and what can go wrong. */
// #region connect
import { isSignalboxError } from "@signalbox/sdk";
import { Signalbox } from "@signalbox/sdk/node";

// The hub of SIGNALBOX_URL and SIGNALBOX_TOKEN, else the one on this machine.
await using box = Signalbox.fromEnv();
// #endregion connect

// #region create
const { session } = await box.sessions.create({ approvalPolicy: "on-request" });
const { sessionId } = session;
// #endregion create

// #region handlers
box.onAppServer("item.agent_message.delta", (signal) => process.stdout.write(signal.params.delta));
box.onTurn("completed", (signal) => console.log(`\n[${signal.params.turn.status}]`));
// #endregion handlers

// #region run
const { journal } = await box.system.health();
const stop = new AbortController();
const running = box.stream.runForever({
  threadId: sessionId,
  cursor: `${journal.epoch}:${journal.head}`,
  signal: stop.signal,
});
// #endregion run

// #region send
const { turnId } = await box.sessions.sendMessage({ sessionId, text: "What is a semaphore?" });
const { status, reply } = await box.wait.reply({ sessionId, turnId, timeout: 120_000 });
console.log(status, reply.length);
// #endregion send

// #region scope
const chat = box.session(sessionId);
await chat.rename({ title: "Semaphores" });
const { data } = await chat.transcript.list({ limit: 20 });
for (const entry of data) console.log(entry.role, entry.content);
// #endregion scope

// #region until
const found = await box.wait.until(() => chat.get(), {
  predicate: ({ session }) => session.title === "Semaphores",
  description: "The new title",
});
console.log(found.session.title);
// #endregion until

// #region errors
try {
  await box.sessions.get({ sessionId: "no-such-session" });
} catch (error) {
  if (!isSignalboxError(error)) throw error;
  console.log(error.code, error.category, error.retryable); // session_not_found not_found false
}
// #endregion errors

// #region key
const idempotencyKey = crypto.randomUUID();
const message = { sessionId, text: "And a mutex?" };
const sent = await box.sessions.sendMessage(message, { idempotencyKey });
const again = await box.sessions.sendMessage(message, { idempotencyKey });
console.log(sent.turnId === again.turnId); // true: one turn
// #endregion key

// #region stop
await box.wait.turn({ sessionId, turnId: sent.turnId, timeout: 120_000 });
stop.abort();
await running;
// #endregion stop
