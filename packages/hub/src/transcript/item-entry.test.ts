import { transcriptEntry } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type TranscriptItem, toItemEntry } from "./item-entry.ts";

test("users and agents are quoted, everything else is a line with the item as details", () => {
  const items: TranscriptItem[] = [
    {
      type: "userMessage",
      id: "1",
      content: [
        { type: "text", text: "Look at this" },
        { type: "localImage", path: "/a.png" },
      ],
    },
    { type: "commandExecution", id: "2", command: "ls", status: "completed", exitCode: 0 },
    { type: "agentMessage", id: "3", text: "Seen.", startedAtMs: 5, completedAtMs: 9 },
  ];
  expect(items.map((item) => toItemEntry(item, "turn", true))).toEqual([
    {
      messageId: "1",
      turnId: "turn",
      type: "userMessage",
      role: "user",
      content: "Look at this\n[localImage /a.png]",
      status: "complete",
    },
    {
      messageId: "2",
      turnId: "turn",
      type: "commandExecution",
      role: "system",
      content: "ls (completed)",
      details: JSON.stringify(items[1], null, 2),
      status: "complete",
    },
    {
      messageId: "3",
      turnId: "turn",
      type: "agentMessage",
      role: "assistant",
      content: "Seen.",
      startedAt: 5,
      completedAt: 9,
      status: "complete",
    },
  ]);
});

test("an item that has not ended is still streaming, one that has ended did so as its status says", () => {
  const statusOf = (status: string, ended: boolean) =>
    toItemEntry({ type: "commandExecution", id: "1", command: "ls", status }, "t", ended).status;
  expect(statusOf("inProgress", false)).toBe("streaming");
  expect(statusOf("completed", true)).toBe("complete");
  expect(statusOf("failed", true)).toBe("error");
  expect(statusOf("declined", true)).toBe("canceled");
  expect(statusOf("inProgress", true)).toBe("canceled");
});

test("items of any type and shape give an entry of the contract", () => {
  const item = fc
    .tuple(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.oneof(fc.constantFrom("userMessage", "fileChange", "reasoning", "plan"), fc.string()),
    )
    .map(([fields, type]) => ({ ...fields, type, id: "i" }));
  fc.assert(
    fc.property(item, fc.boolean(), (value, ended) => {
      const entry = toItemEntry(value, "t", ended);
      expect(transcriptEntry.safeParse(entry).error).toBeUndefined();
    }),
  );
});
