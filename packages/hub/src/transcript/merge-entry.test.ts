import type { TranscriptEntry } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeEntry, reconcileEntry } from "./merge-entry.ts";

const time = fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined });

const account: fc.Arbitrary<TranscriptEntry> = fc
  .record({
    content: fc.string({ maxLength: 4 }),
    status: fc.constantFrom("streaming", "complete", "canceled", "error"),
    startedAt: time,
    completedAt: time,
    details: fc.option(fc.string({ maxLength: 2 }), { nil: undefined }),
  })
  .map(({ startedAt, completedAt, details, ...rest }) => ({
    messageId: "m",
    turnId: "t",
    role: "system",
    type: "note",
    ...rest,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
    ...(details === undefined ? {} : { details }),
  }));

const given = (values: readonly (number | undefined)[]) =>
  values.filter((value): value is number => value !== undefined);

test("in whatever order accounts come, an end is never undone, the earliest start and the latest end stay", () => {
  fc.assert(
    fc.property(fc.array(account, { minLength: 1, size: "max", maxLength: 40 }), (accounts) => {
      let entry: TranscriptEntry | undefined;
      for (const next of accounts) {
        const before = entry;
        entry = mergeEntry(before, next);
        if (before !== undefined && before.status !== "streaming" && next.status === "streaming") {
          const { content, status, details } = before;
          expect(entry).toMatchObject({ content, status });
          expect(entry.details).toBe(details);
        } else {
          expect(entry).toMatchObject({ content: next.content, status: next.status });
          expect(entry.details).toBe(next.details ?? before?.details);
        }
      }
      const starts = given(accounts.map(({ startedAt }) => startedAt));
      expect(entry!.startedAt).toBe(starts.length === 0 ? undefined : Math.min(...starts));
      const ends = given(accounts.map(({ completedAt }) => completedAt));
      if (ends.length === 0) expect(entry!.completedAt).toBeUndefined();
      else
        expect(entry!.completedAt).toBeGreaterThanOrEqual(Math.max(...ends, ...starts.slice(0, 0)));
      expect(entry!.completedAt ?? Infinity).toBeGreaterThanOrEqual(entry!.startedAt ?? 0);
    }),
  );
});

test("of what was heard and what Codex keeps, the longer text and the graver end are told, whichever says it", () => {
  fc.assert(
    fc.property(account, account, (heard, kept) => {
      const entry = reconcileEntry(heard, kept);
      const order = ["streaming", "complete", "canceled", "error"];
      const graver = Math.max(order.indexOf(heard.status), order.indexOf(kept.status));
      expect(entry.status).toBe(order[graver]);
      if (heard.status === "streaming" || kept.status !== "streaming") {
        expect(entry.content.length).toBe(Math.max(heard.content.length, kept.content.length));
      }
      expect(reconcileEntry(entry, kept)).toEqual(entry);
    }),
  );
});
