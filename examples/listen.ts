/** Prints what happens in a session, until Ctrl-C: `npm run example listen <session id>`. */
import { Signalbox } from "@signalbox/sdk/node";

const [threadId] = process.argv.slice(2);
if (threadId === undefined) throw new Error("Give the id of a session.");
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

await using box = Signalbox.fromProfile("local");

box.onEvent("transcript_updated", (event) => {
  console.log("transcript update", event.threadId);
});

box.onAppServer("item.started", async (signal) => {
  console.log("turn", signal.context.turnId);
});

box.onAppServerRequest("item.tool.call", async (signal) => {
  console.log("tool call request", signal.requestId);
});

box.onConnection((event) => {
  if (event.type === "connected") console.log("listening");
});

await box.stream.runForever({ threadId, signal: stop.signal });
