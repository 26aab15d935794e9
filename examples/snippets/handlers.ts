/** Ways to hear of what happens. */
import type { HandlerContext } from "@signalbox/sdk";
import { Signalbox } from "@signalbox/sdk/node";

// #region client
await using box = Signalbox.fromEnv({
  handlerDeadline: 5_000,
  onHandlerError({ reason, handler, error }) {
    console.error(`${handler}: ${reason}`, error);
  },
});
// #endregion client

// #region forms
const remove = box.onEvent("session.created", (event) => {
  console.log(event.payload.session.sessionId, event.seq);
});
box.onEventPrefix("runtime.", (event) => console.log(event.type));
box.onAppServer("item.completed", (signal) => console.log(signal.params.item.type));
box.onAppServerRequest("item.tool.call", (signal) => console.log(signal.requestId));
// #endregion forms

// #region turns
box.onTurn("started", (signal) => console.log(`turn ${signal.params.turn.id} began`));
box.onTurnStarted((event) => console.log(`item ${event.payload.params.item.id} began`));
// #endregion turns

// #region context
box.onTurn("completed", async (signal, context: HandlerContext) => {
  await fetch("data:,done", { signal: context.signal });
  console.log(signal.params.turn.status, context.cursor);
});
// #endregion context

// #region connection
box.onConnection((event) => {
  if (event.type === "disconnected") console.log(event.reason, event.retryIn);
  if (event.type === "gap") console.log(`not to be had: ${event.from} to ${event.to}`);
});
// #endregion connection

// #region run
const { journal } = await box.system.health();
const stop = new AbortController();
const running = box.stream.runForever({
  cursor: `${journal.epoch}:${journal.head}`,
  signal: stop.signal,
});
// #endregion run

const { session } = await box.sessions.create({});
const { sessionId } = session;
const { turnId } = await box.sessions.sendMessage({ sessionId, text: "Say hello." });
await box.wait.turn({ sessionId, turnId });

// #region remove
remove();
// #endregion remove

stop.abort();
await running;

// #region loop
const reader = box.stream.events({
  threadId: sessionId,
  types: ["app_server.turn.*"],
  cursor: `${journal.epoch}:${journal.head}`,
});
for await (const event of reader) {
  console.log(event.type);
  if (event.type === "app_server.turn.completed") break;
}
// #endregion loop

// #region sync
await using strict = Signalbox.fromEnv({ handlers: "sync" });
strict.onEvent("session.created", (event) => console.log(event.seq)); // an async handler does not compile
// #endregion sync
