import fc from "fast-check";
import { expect, test } from "vitest";
import { absorbTurn } from "./absorb.ts";
import { toItemEntry } from "./item-entry.ts";
import type { TranscriptRow } from "./transcript-row.ts";

const turnId = "01a1fe23-4352-7031-b80a-3f16972d11ad";
const item = (id: string) => ({ type: "agentMessage", id, text: `text of ${id}` });

function row(id: string, ordinal: number): TranscriptRow {
  const entry = toItemEntry(item(id), turnId, true);
  return {
    entry,
    partialSince: null,
    place: { turnAt: 1, turnId, ordinal, messageId: id },
  };
}

/** The rows after the changes were written. */
function apply(rows: readonly TranscriptRow[], changes: readonly TranscriptRow[]): TranscriptRow[] {
  const byId = new Map([...rows, ...changes].map((one) => [one.entry.messageId, one]));
  return [...byId.values()].toSorted((a, b) => a.place.ordinal - b.place.ordinal);
}

test("items come in Codex's order, what it does not know stays where it stood, and a second look changes nothing", () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { size: "max", maxLength: 12 });
  fc.assert(
    fc.property(ids, fc.infiniteStream(fc.constantFrom("both", "codex", "hub")), (all, whose) => {
      const known = all.map((id) => ({ id: String(id), whose: whose.next().value as string }));
      const rows = known
        .filter((one) => one.whose !== "codex")
        .map((one, index) => row(one.id, index * 3));
      const listed = known.filter((one) => one.whose !== "hub").map((one) => one.id);
      const turn = { id: turnId, status: "completed", items: listed.map(item) };
      const after = apply(rows, absorbTurn(turn, rows));
      const order = after.map(({ entry }) => entry.messageId);
      expect(order.toSorted()).toEqual(known.map(({ id }) => id).toSorted());
      expect(order.filter((id) => listed.includes(id))).toEqual(listed);
      const heard = rows.map(({ entry }) => entry.messageId);
      expect(order.filter((id) => heard.includes(id))).toEqual(heard);
      expect(absorbTurn(turn, after)).toEqual([]);
    }),
  );
});

test("in a turn that has ended nothing streams on, in one that runs it does", () => {
  const streaming: TranscriptRow = {
    ...row("note", 0),
    entry: { ...row("note", 0).entry, status: "streaming" },
  };
  const statusIn = (status: string) =>
    absorbTurn({ id: turnId, status, items: [] }, [streaming])[0]?.entry.status;
  expect(statusIn("completed")).toBe("complete");
  expect(statusIn("interrupted")).toBe("canceled");
  expect(statusIn("failed")).toBe("error");
  expect(statusIn("inProgress")).toBeUndefined();
});
