/** The same with handlers that are all synchronous, which the compiler holds them to: `npm run example listen-sync <session id>`. */
import { Signalbox } from "@signalbox/sdk/node";

const [threadId] = process.argv.slice(2);
if (threadId === undefined) throw new Error("Give the id of a session.");
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

await using box = Signalbox.fromProfile("local", { handlers: "sync" });

box.onAppServer("item.started", (signal) => {
  console.log("turn started", signal.context.turnId);
});

box.onConnection((event) => {
  if (event.type === "connected") console.log("listening");
});

await box.stream.runForever({ threadId, signal: stop.signal });
