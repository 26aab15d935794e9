/** What is large: texts and diffs of the real codex that are megabytes long, through the hub and the SDK. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { StreamEvent } from "@signalbox/sdk";
import { applyPatch, functionCall, text } from "@signalbox/testing";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { World } from "./world.ts";

/** Characters; more than the SDK lets wait, and than the hub lets a slow socket have. */
const size = 9 * 1024 * 1024;

test("events of megabytes come whole, live and from the journal", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "signalbox-large-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await using world = await World.start();
  await using box = world.connect();
  const { journal } = await box.system.health();
  const cursor = `${journal.epoch}:${journal.head}`;
  const { skills } = await box.remoteSkills.createSession({
    cwd,
    approvalPolicy: "never",
    filesystemSandbox: "danger-full-access",
    register(catalog) {
      catalog.skill({ name: "book", input: z.object({}) }, () => "é".repeat(size));
    },
  });
  const { sessionId } = skills;
  const live: StreamEvent[] = [];
  const ended = Promise.withResolvers<void>();
  box.onEventPrefix("", (event) => void live.push(event));
  box.onTurn("completed", () => ended.resolve());
  const stop = new AbortController();
  const running = box.stream.runForever({ threadId: sessionId, cursor, signal: stop.signal });
  const lines = Array.from({ length: 40_000 }, (_, n) => `+line ${n} ${"x".repeat(40)}`);
  const said = "word ".repeat(400_000);
  world.model.turn(
    functionCall("book", {}),
    applyPatch(["*** Begin Patch", "*** Add File: long.txt", ...lines, "*** End Patch"].join("\n")),
    text([said]),
  );
  await skills.sendAndHandle("Read the book");
  await ended.promise;
  stop.abort();
  await running;

  const completed = live
    .filter(({ type }) => type === "app_server.item.completed")
    .map(({ payload }) => (payload as { params: { item: Record<string, unknown> } }).params.item);
  const item = (type: string) => completed.find((one) => one.type === type);
  expect(item("dynamicToolCall")?.contentItems).toEqual([
    { type: "inputText", text: "é".repeat(size) },
  ]);
  const [change] = item("fileChange")!.changes as { diff: string }[];
  expect(change!.diff.split("\n").filter((line) => line !== "")).toHaveLength(lines.length);
  expect(item("agentMessage")?.text).toBe(said);
  const stored = await world.journal(cursor, { threadId: sessionId });
  expect(live.length).toBeGreaterThan(10);
  expect(isDeepStrictEqual(live, stored.slice(0, live.length))).toBe(true);
}, 60_000);
