/** Aborts a run that waits an hour to connect again. Must end by itself, with nothing left behind. */
import { Signalbox } from "@signalbox/sdk";

const box = new Signalbox({
  url: process.argv[2] ?? "",
  token: "t",
  stream: { backoff: { base: 3_600_000, cap: 3_600_000 } },
});
const stop = new AbortController();
box.onConnection(({ type }) => {
  if (type === "disconnected") stop.abort();
});
await box.stream.runForever({ signal: stop.signal });
console.log("resolved");
