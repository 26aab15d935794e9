/** What inboxes keep, and for how long. */
import type { Notice } from "@signalbox/contract";
import { expect, test } from "vitest";
import { openDatabase, transaction } from "../../store/database.ts";
import { keptFor, maxNotices, NoticeStore, pendingKeptFor } from "./notice-store.ts";

const idOf = (n: number) => `ntc_${String(n).padStart(32, "0")}`;

function noticeAt(n: number, at: number, more: Partial<Notice> = {}): Notice {
  return {
    noticeId: idOf(n),
    to: null,
    kind: "completed",
    about: { sessionId: "s", handle: null, title: "S", turnId: "t", requestId: null },
    text: `${n}`,
    state: "pending",
    messageId: null,
    undelivered: null,
    triggerId: "trg",
    firingId: "fir",
    at,
    acknowledgedAt: null,
    ...more,
  };
}

/** A store that looks for old ones when the last notice of a filling comes. */
function setUp(most?: number) {
  const database = openDatabase(":memory:");
  const store = new NoticeStore(database, most);
  const fill = (from: number, count: number, at: number, more: Partial<Notice> = {}) =>
    transaction(database, () => {
      for (let n = from; n < from + count; n += 1) store.add(noticeAt(n, at, more));
    });
  return { store, fill };
}

const month = 24 * 60 * 60 * 1_000 * 30;
const everything = { to: undefined, order: "oldest", limit: 100_000 } as const;

test("a notice is kept as it was told, and a second one of its id is not", () => {
  const { store } = setUp();
  const notice = noticeAt(1, 5, {
    to: "lead",
    undelivered: { code: "queue_full", message: "Full." },
    text: "Zwölf Boxkämpfer",
  });
  store.add(notice);
  store.add({ ...notice, text: "Another" });
  expect(store.get(idOf(1))).toEqual(notice);
  expect(store.list(everything).map((row) => row.notice)).toEqual([notice]);
});

test("acknowledged notices go after 30 days, pending ones after 90, and none a day before", () => {
  expect([keptFor, pendingKeptFor]).toEqual([month, 3 * month]);
  const { store, fill } = setUp();
  // The first filling looks at its first notice, the next looks come each 1,024 later.
  fill(0, 1, 0);
  store.acknowledge([idOf(0)], 10);
  fill(1, 1, 1);
  fill(2, 1_023, keptFor + 10);
  expect([store.get(idOf(0)), store.get(idOf(1))]).toMatchObject([{ at: 0 }, { at: 1 }]);
  fill(1_025, 1_024, keptFor + 11);
  expect([store.get(idOf(0)), store.get(idOf(1))]).toMatchObject([undefined, { at: 1 }]);
  fill(2_049, 1_024, pendingKeptFor + 1);
  expect(store.get(idOf(1))).toBeDefined();
  fill(3_073, 1_024, pendingKeptFor + 2);
  expect(store.get(idOf(1))).toBeUndefined();
});

test("of more than may be the oldest go, but for those that came since it was looked last", () => {
  expect(maxNotices).toBe(50_000);
  const most = 1_500;
  const { store, fill } = setUp(most);
  fill(0, 1_025, 1);
  fill(1_025, most - 1_025, 1);
  expect(store.list(everything)).toHaveLength(most);
  // A look comes with each 1,024th.
  fill(most, 2_049 - most, 1);
  const kept = store.list(everything);
  expect(kept).toHaveLength(most);
  expect(kept[0]!.notice.noticeId).toBe(idOf(2_049 - most));
});
