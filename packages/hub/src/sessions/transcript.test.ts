import { transcriptEntry } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type TranscriptItem, toTranscript, toTranscriptEntry } from "./transcript.ts";

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
  const entries = toTranscript([{ id: "turn", status: "completed", items }]);
  expect(entries).toEqual([
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

test("the items of a turn that runs are still streaming", () => {
  const items = [{ type: "agentMessage", id: "1", text: "So far" }];
  expect(toTranscript([{ id: "t", status: "inProgress", items }])[0]!.status).toBe("streaming");
});

test("items of any type and shape give an entry of the contract", () => {
  const item = fc
    .tuple(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.oneof(fc.constantFrom("userMessage", "fileChange", "reasoning", "plan"), fc.string()),
    )
    .map(([fields, type]) => ({ ...fields, type, id: "i" }));
  fc.assert(
    fc.property(item, (value) => {
      const entry = toTranscriptEntry(value, "t", "complete");
      expect(transcriptEntry.safeParse(entry).error).toBeUndefined();
    }),
  );
});
