import fc from "fast-check";
import { expect, test } from "vitest";
import { toNewEvent } from "../journal/event.ts";
import { SqliteJournal } from "../journal/sqlite-journal.ts";
import { openDatabase } from "../store/database.ts";
import { readEventPage } from "./event-pages.ts";
import { parseEventsQuery } from "./stream-query.ts";

const isHidden = () => false;
const parse = (query: string) => parseEventsQuery(new URLSearchParams(query));

async function journalOf(count: number) {
  const journal = new SqliteJournal(openDatabase(":memory:"));
  await journal.append(
    Array.from({ length: count }, (_, i) =>
      toNewEvent(i % 3 === 0 ? "a.fact" : "b.fact", i % 2 === 0 ? "t" : null, { i }, 1),
    ),
  );
  return journal;
}

test("a page holds up to 1000 events; one more, none, or what is no whole number is refused by name", async () => {
  const journal = await journalOf(1200);
  const page = await readEventPage({ journal, isHidden }, parse("limit=1000"));
  expect(page.data).toHaveLength(1000);
  expect(page.next).toBe(`${journal.epoch}:1000`);
  expect((await readEventPage({ journal, isHidden }, parse(""))).data).toHaveLength(100);
  for (const limit of ["1001", "0", "-1", "1.5", "", "ten", "1e2", "00100"]) {
    expect(() => parse(`limit=${limit}`), limit).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        message: expect.stringContaining("limit: ") as string,
      }),
    );
  }
});

test("256 types may be named, each up to 200 characters, and not one more", () => {
  const types = (count: number) => Array.from({ length: count }, (_, i) => `a.${i}`).join(",");
  expect(parse(`types=${types(256)}`).types).toHaveLength(256);
  expect(parse(`types=${"x".repeat(200)}`).types).toHaveLength(1);
  for (const wrong of [types(257), "x".repeat(201), "", "a*b", "a,,b"]) {
    expect(() => parse(`types=${wrong}`)).toThrow(
      expect.objectContaining({ code: "invalid_request" }),
    );
  }
});

test("a page after a cursor from before what is left says the gap and goes on behind it", async () => {
  const journal = await journalOf(10);
  await journal.trim(6);
  const { epoch } = journal;
  const page = await readEventPage({ journal, isHidden }, parse(`after=${epoch}:2&limit=2`));
  expect(page.gap).toEqual({
    type: "gap",
    reason: "retention",
    from: `${epoch}:2`,
    to: `${epoch}:6`,
  });
  expect(page.data.map(({ seq }) => seq)).toEqual([7, 8]);
  expect(
    (await readEventPage({ journal, isHidden }, parse(`after=${epoch}:6`))).gap,
  ).toBeUndefined();
});

test("whatever the limit and the filter, the pages together are what the filter lets through", async () => {
  const journal = await journalOf(60);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom("", "&types=a.*", "&threadId=t", "&types=b.fact&threadId=t"),
      async (limit, filter) => {
        const seqs: number[] = [];
        let next: string | null = `${journal.epoch}:0`;
        while (next !== null) {
          const page = await readEventPage(
            { journal, isHidden },
            parse(`limit=${limit}&after=${next}${filter}`),
          );
          expect(page.data.length).toBeLessThanOrEqual(limit);
          seqs.push(...page.data.map(({ seq }) => seq));
          next = page.next;
        }
        const wanted = Array.from({ length: 60 }, (_, i) => i).filter(
          (i) =>
            (!filter.includes("a.") || i % 3 === 0) &&
            (!filter.includes("b.") || i % 3 !== 0) &&
            (!filter.includes("threadId") || i % 2 === 0),
        );
        expect(seqs).toEqual(wanted.map((i) => i + 1));
      },
    ),
  );
});
