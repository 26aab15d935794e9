import { pino } from "pino";
import { expect, test } from "vitest";
import { AuditLog, trimInterval } from "./audit-log.ts";
import { openDatabase } from "./database.ts";

const silent = pino({ level: "silent" });
const all = { order: "oldest", limit: 200 } as const;

const entry = (operation: string) => ({ surface: "http", operation });

test("entries are found by session, operation, actor and time, in both orders, page by page", () => {
  let now = 0;
  const audit = new AuditLog(openDatabase(":memory:"), silent, { maxAge: 1_000 }, () => now);
  for (const [actor, sessionId, operation] of [
    ["ann", "s1", "a.b"],
    ["bob", "s1", "a.c"],
    ["ann", "s2", "a.c"],
    ["ann", "s1", "a.c"],
  ] as const) {
    now += 10;
    audit.record({ ...entry(operation), actor, sessionId, details: { n: now } });
  }
  const times = (filter: object) =>
    audit.list({ ...all, ...filter }).data.map(({ details }) => details.n);
  expect(times({})).toEqual([10, 20, 30, 40]);
  expect(times({ order: "newest" })).toEqual([40, 30, 20, 10]);
  expect(times({ sessionId: "s1" })).toEqual([10, 20, 40]);
  expect(times({ operation: "a.c", actor: "ann" })).toEqual([30, 40]);
  expect(times({ since: 20 })).toEqual([20, 30, 40]);

  for (const order of ["newest", "oldest"] as const) {
    const pages: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = audit.list({ order, limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      pages.push(page.data.map(({ details }) => details.n));
      cursor = page.nextCursor ?? undefined;
      if (pages.length === 1) audit.record(entry("later"));
    } while (cursor !== undefined);
    expect(pages[0]).toEqual(order === "newest" ? [40, 30, 20] : [10, 20, 30]);
    expect(pages[1]).toEqual(order === "newest" ? [10] : [40, undefined, undefined]);
    now += 1;
  }
});

test("the oldest entries go when there are too many, and when they are too old", () => {
  let now = 0;
  const database = openDatabase(":memory:");
  const limits = { maxEntries: 100, maxAge: 1_000 };
  const audit = new AuditLog(database, silent, limits, () => now);
  for (let index = 0; index < trimInterval; index++) audit.record(entry("x.y"));
  const { data } = audit.list(all);
  expect(data).toHaveLength(100);
  expect(data.at(-1)!.id).toBe(String(trimInterval));
  now = 1_000;
  expect(new AuditLog(database, silent, limits, () => now).list(all).data).toHaveLength(100);
  now = 1_001;
  const later = new AuditLog(database, silent, limits, () => now);
  expect(later.list(all).data).toHaveLength(0);
  later.record(entry("x.z"));
  expect(later.list(all).data[0]!.id).toBe(String(trimInterval + 1));
});

test("details too long to keep are left out, and said to be", () => {
  const audit = new AuditLog(openDatabase(":memory:"), silent, { maxDetails: 20 });
  audit.record({ ...entry("x.y"), details: { a: "x".repeat(12) } });
  audit.record({ ...entry("x.y"), details: { a: "x".repeat(13) } });
  expect(audit.list(all).data.map(({ details }) => details)).toEqual([
    { a: "x".repeat(12) },
    { omitted: "too long", length: 21 },
  ]);
});

test("an entry that can't be stored is logged and fails nothing", () => {
  const lines: string[] = [];
  const database = openDatabase(":memory:");
  const audit = new AuditLog(database, pino({}, { write: (line) => void lines.push(line) }));
  database.exec("PRAGMA query_only = ON");
  audit.record(entry("x.y"));
  expect(lines.join("")).toContain("An audit entry is not stored");
});
