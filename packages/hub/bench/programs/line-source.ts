#!/usr/bin/env node
/**
 * Called like `codex app-server`: answers what a client asks first, and then writes deltas, each with
 * the time at which it was written, so many a second (`BENCH_RATE`, 0 for none) and for ever.
 */
import { createInterface } from "node:readline";

const rate = Number(process.env.BENCH_RATE);

if (process.argv.includes("--version")) {
  process.stdout.write("codex-cli 0.169.0\n");
} else {
  createInterface(process.stdin).on("line", (line) => {
    const { id, method } = JSON.parse(line) as { id?: number; method?: string };
    if (id !== undefined) {
      const result = {
        userAgent: "codex/0.169.0",
        codexHome: "/",
        platformFamily: "unix",
        platformOs: "linux",
      };
      process.stdout.write(`${JSON.stringify({ id, result })}\n`);
    }
    if (method === "initialized" && rate > 0) start();
  });
  process.stdin.on("end", () => process.exit(0));
  // Whoever read it has gone.
  process.stdout.on("error", () => process.exit(0));
}

function start(): void {
  const began = performance.now();
  let written = 0;
  setInterval(() => {
    const due = Math.floor(((performance.now() - began) * rate) / 1000);
    let lines = "";
    for (; written < due; written += 1) {
      const context = {
        threadId: "01990000-0000-7000-8000-000000000010",
        turnId: "u",
        itemId: "i",
      };
      const params = { ...context, delta: String(process.hrtime.bigint()) };
      lines += `${JSON.stringify({ method: "item/agentMessage/delta", params })}\n`;
    }
    if (lines !== "") process.stdout.write(lines);
  }, 1);
}
