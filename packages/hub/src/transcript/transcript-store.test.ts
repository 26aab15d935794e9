import type { TranscriptEntry } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openDatabase } from "../store/database.ts";
import { TranscriptStore } from "./transcript-store.ts";

const at = { at: 1000, partialSince: null };

function entry(messageId: string, fields: Partial<TranscriptEntry> = {}): TranscriptEntry {
  return {
    messageId,
    turnId: "turn",
    role: "system",
    type: "note",
    content: messageId,
    status: "complete",
    ...fields,
  };
}

function openStore() {
  const database = openDatabase(":memory:");
  return { store: new TranscriptStore(database), [Symbol.dispose]: () => database.close() };
}

const idsIn = (store: TranscriptStore) => store.all("thread").map((row) => row.entry.messageId);

test("an entry that names an anchor stands behind it and behind those that named it before", () => {
  using opened = openStore();
  const { store } = opened;
  for (const id of ["a", "b", "c"]) store.put("thread", entry(id), at);
  const behindA = { details: JSON.stringify({ anchorItemId: "a" }) };
  store.put("thread", entry("a1", behindA), at);
  store.put("thread", entry("a2", behindA), at);
  store.put("thread", entry("lost", { details: JSON.stringify({ anchorItemId: "gone" }) }), at);
  expect(idsIn(store)).toEqual(["a", "a1", "a2", "b", "c", "lost"]);
});

test("turns stand in the order their ids tell, whatever order they were heard in", () => {
  using opened = openStore();
  const { store } = opened;
  const later = "01a1fe23-4405-7ae0-af4c-7488c03b26bb";
  const earlier = "01a1fe23-4352-7031-b80a-3f16972d11ad";
  store.put("thread", entry("2", { turnId: later }), { ...at, at: 1 });
  store.put("thread", entry("1", { turnId: earlier }), { ...at, at: 2 });
  expect(idsIn(store)).toEqual(["1", "2"]);
});

test("pages of any size, both ways, give every entry between two places once and in order", () => {
  const turns = fc.array(
    fc.record({ turn: fc.integer({ min: 0, max: 4 }), at: fc.integer({ min: 0, max: 3 }) }),
    { size: "max", maxLength: 30 },
  );
  fc.assert(
    fc.property(turns, fc.integer({ min: 1, max: 7 }), fc.boolean(), (heard, limit, newest) => {
      using opened = openStore();
      const { store } = opened;
      heard.forEach(({ turn, at: when }, index) => {
        store.put("thread", entry(`m${index}`, { turnId: `t${turn}` }), { ...at, at: when });
        store.put("other", entry(`m${index}`, { turnId: `t${turn}` }), { ...at, at: when });
      });
      const paged: string[] = [];
      let from: ReturnType<TranscriptStore["all"]>[number] | undefined;
      do {
        const place = from?.place;
        const between = newest ? { before: place } : { after: place };
        const order = newest ? "newest" : "oldest";
        const page = store.page("thread", { ...between, limit, order });
        expect(page.length).toBeLessThanOrEqual(limit);
        paged.push(...page.map((row) => row.entry.messageId));
        from = page.at(-1);
      } while (from !== undefined);
      const whole = idsIn(store);
      expect(paged).toEqual(newest ? whole.toReversed() : whole);
      expect(new Set(paged).size).toBe(heard.length);
    }),
    { numRuns: 40 },
  );
});
