/** A hub in a process of its own, on the line source. Says where it is, and then what it weighs when asked. */
import { startHub } from "../../src/index.ts";

const started = performance.now();
const hub = await startHub({
  home: process.argv[2]!,
  port: 0,
  codexPath: process.argv[3]!,
  log: { level: "silent" },
});
const took = performance.now() - started;
process.send!({ port: hub.port, token: hub.token, took });
process.on("message", () => {
  globalThis.gc?.();
  process.send!(process.memoryUsage.rss());
});
