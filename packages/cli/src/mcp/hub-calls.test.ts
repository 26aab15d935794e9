import { defineOperation, type Operation, operations } from "@signalbox/contract";
import { expect, test } from "vitest";
import { z } from "zod";
import { HubCalls, waitOf } from "./hub-calls.ts";

const waiting: Operation = defineOperation({
  name: "things.wait",
  summary: "Wait for a thing",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/things" },
  input: z.strictObject({ timeoutMs: z.number().int().max(60_000).default(10_000) }),
  output: z.object({}),
  errors: [],
  examples: [
    { title: "a", input: {}, output: {} },
    { title: "b", input: { timeoutMs: 60_001 }, error: "invalid_request" },
  ],
});

test("an operation waits as long as its input says, or its default; a wrong input not at all", () => {
  expect(waitOf(waiting, { timeoutMs: 500 })).toBe(500);
  expect(waitOf(waiting, {})).toBe(10_000);
  expect(waitOf(waiting, { timeoutMs: 60_001 })).toBe(0);
  expect(waitOf(operations["sessions.list"] as Operation, { timeoutMs: 500 })).toBe(0);
});

test("where the hub is is asked for at each call", async () => {
  const asked: string[] = [];
  const calls = new HubCalls(() => {
    asked.push("asked");
    throw new Error("There is none");
  }, "1.0.0");
  expect(asked).toEqual([]);
  const options = { signal: new AbortController().signal, actor: "test" };
  const call = () => calls.call(operations["sessions.list"] as Operation, {}, options);
  await expect(call()).rejects.toThrow("There is none");
  await expect(call()).rejects.toThrow("There is none");
  expect(asked).toHaveLength(2);
});
