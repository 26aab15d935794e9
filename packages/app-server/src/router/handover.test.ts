import { expect, test } from "vitest";
import { Handover } from "./handover.ts";
import type { Message } from "./message.ts";

const threadId = "thread";
const message = (method: string, params: object) =>
  ({ method, params: { threadId, ...params } }) as unknown as Message;

test("a turn goes on while something it did waits; token counts are nothing it did", () => {
  const handover = new Handover(() => {});
  handover.hold(threadId);
  handover.takes(message("thread/tokenUsage/updated", { turnId: "one", tokenUsage: {} }), 0);
  expect(handover.holdsOf(threadId, "one")).toBe(false);
  handover.takes(message("item/agentMessage/delta", { turnId: "one", delta: "" }), 0);
  expect(handover.holdsOf(threadId, "one")).toBe(true);
  expect(handover.holdsOf(threadId, "two")).toBe(false);
});
