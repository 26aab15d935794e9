/**
 * Handles events with its cursor in a file, and prints each that is handled. Kills itself after so
 * many, and is started again by the tests.
 */
import { writeSync } from "node:fs";
import { fileCursorStore, Signalbox } from "@signalbox/sdk/node";

const [url = "", token = "", path = "", ordering = "global", last] = process.argv.slice(2);
let left = Number(last);
const box = new Signalbox({ url, token, stream: { backoff: { base: 5, cap: 20 } } });

box.onEventPrefix("a.", async ({ seq }) => {
  await new Promise((resolve) => setImmediate(resolve));
  // In one go with the end of the handler: what is printed is handled.
  writeSync(1, `${seq}\n`);
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
});

const cursor = fileCursorStore(path);
// Where there is no cursor yet, the beginning is one.
if ((await cursor.load("*")) === undefined) await cursor.save("*", "e1:0");
await box.stream.runForever({
  cursor,
  ordering: ordering === "thread" ? "thread" : "global",
});
