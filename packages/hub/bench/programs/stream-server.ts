/**
 * The journal and the stream in a process of their own, without codex: appends as many events as it is
 * told, at a rate, each carrying when it was appended, and says what the process weighs.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createBareStream } from "../../fixtures/bare-stream.ts";
import { toNewEvent } from "../../src/journal/event.ts";

const stream = await createBareStream({}, 20_000, process.argv[2]!);
process.send!({ port: stream.port, token: stream.token });

process.on("message", ({ count, rate }: { count: number; rate: number }) => {
  void append(count, rate).then(() => {
    globalThis.gc?.();
    process.send!(process.memoryUsage.rss());
  });
});

/** In batches of what is due every two milliseconds. */
async function append(count: number, rate: number): Promise<void> {
  const began = performance.now();
  let appended = 0;
  while (appended < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - began) * rate) / 1000));
    const batch = Array.from({ length: Math.min(512, due - appended) }, () => {
      const delta = String(process.hrtime.bigint());
      return toNewEvent("app_server.item.agent_message.delta", "t", { delta }, 1);
    });
    await stream.log.append(batch);
    appended += batch.length;
    if (appended >= due) await delay(2);
  }
}
