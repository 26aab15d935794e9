/**
 * Loaded into the hub ahead of it (`node --expose-gc --import .../memory-probe.ts?to=FILE`): now and
 * then it collects all garbage and writes down what is left, one line of JSON a time.
 */
import { appendFileSync } from "node:fs";
import type { MemorySample } from "./memory.ts";

/** Milliseconds between two looks. */
const interval = 5_000;

const file = new URL(import.meta.url).searchParams.get("to")!;
let look = 0;

setInterval(() => {
  globalThis.gc?.();
  const { heapUsed: heap, rss: resident } = process.memoryUsage();
  const sample: MemorySample = { at: Date.now(), pid: process.pid, look: ++look, heap, resident };
  appendFileSync(file, `${JSON.stringify(sample)}\n`);
}, interval).unref();
