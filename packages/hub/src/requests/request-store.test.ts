import fc from "fast-check";
import { expect, test } from "vitest";
import { newRequest } from "../../fixtures/new-request.ts";
import { openDatabase } from "../store/database.ts";
import type { NewRequest } from "./request-row.ts";
import { RequestStore } from "./request-store.ts";
import { expired, toResolution } from "./resolution.ts";

const answered = (row: NewRequest) => toResolution(row, { outcome: "answered", success: true });

test("the same message of the same process is one question, also when its id is a text", () => {
  const store = new RequestStore(openDatabase(":memory:"));
  expect(store.add(newRequest("a", { rpcId: 7 }))).toBe(true);
  expect(store.add(newRequest("b", { rpcId: 7 }))).toBe(false);
  expect(store.add(newRequest("c", { rpcId: "7" }))).toBe(true);
  expect(store.add(newRequest("d", { rpcId: 7, process: "q" }))).toBe(true);
  expect(store.get("b")).toBeUndefined();
  expect(store.get("a")).toMatchObject({ rpcId: 7, params: { tool: "x" } });
});

test("what other processes than the living one left open is found apart", () => {
  const store = new RequestStore(openDatabase(":memory:"));
  store.add(newRequest("a"));
  store.add(newRequest("b", { process: "q" }));
  store.add(newRequest("c", { rpcId: 1, process: "q" }));
  store.beginAnswer("c");
  expect(store.leftOpen("q").map(({ id }) => id)).toEqual(["a"]);
  expect(store.leftOpen(undefined).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  store.reopen("q");
  expect(store.pending({ process: "q" }).map(({ id }) => id)).toEqual(["b", "c"]);
});

test("whoever claims, answers and expires in whatever order, a question ends once and as the first said", () => {
  const step = fc.constantFrom("claim", "expire-turn", "expire-process", "withdraw");
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      const store = new RequestStore(openDatabase(":memory:"));
      const row = newRequest("a");
      store.add(row);
      const ends: string[] = [];
      for (const each of steps) {
        if (each === "claim") {
          if (!store.beginAnswer("a")) continue;
          expect(store.resolve("a", answered(row), 1)).toBe(true);
          ends.push("answered");
          continue;
        }
        const [match, ending] = {
          "expire-turn": [{ thread: "t", turn: "u" }, expired("turn_ended")] as const,
          "expire-process": [{ process: "p" }, expired("runtime_exited")] as const,
          withdraw: [{ process: "p", rpcId: 0 }, expired("withdrawn")] as const,
        }[each];
        const ended = store.endPending(match, (found) => toResolution(found, ending), 1);
        ends.push(...ended.map(({ reason }) => String(reason)));
      }
      expect(ends).toHaveLength(1);
      const { resolution } = store.get("a")!;
      expect(resolution?.reason ?? resolution?.outcome).toBe(ends[0]);
    }),
  );
});

test("a question that was claimed does not expire under the one who answers it", () => {
  const store = new RequestStore(openDatabase(":memory:"));
  store.add(newRequest("a"));
  expect(store.beginAnswer("a")).toBe(true);
  expect(store.beginAnswer("a")).toBe(false);
  expect(store.endPending(undefined, answered, 1)).toEqual([]);
});

test("ends that the journal does not tell yet are found until it does", () => {
  const store = new RequestStore(openDatabase(":memory:"));
  store.add(newRequest("a"));
  expect(store.unannounced()).toEqual([]);
  store.resolve("a", answered(newRequest("a")), 5);
  expect(store.unannounced().map(({ id }) => id)).toEqual(["a"]);
  store.markAnnounced("a");
  expect(store.unannounced()).toEqual([]);
});

test("the oldest question that is open, or whose end is not journaled, says how far the journal must reach back", () => {
  const store = new RequestStore(openDatabase(":memory:"));
  expect(store.oldestUnsettledAt()).toBe(Number.POSITIVE_INFINITY);
  store.add(newRequest("a", { rpcId: 1, openedAt: 5 }));
  store.add(newRequest("b", { rpcId: 2, openedAt: 9 }));
  expect(store.oldestUnsettledAt()).toBe(5);
  store.resolve("a", answered(newRequest("a")), 10);
  expect(store.oldestUnsettledAt()).toBe(5);
  store.markAnnounced("a");
  expect(store.oldestUnsettledAt()).toBe(9);
});

test("questions that ended go by age and by number, the oldest first, and none that is open or not told of yet", () => {
  const store = new RequestStore(openDatabase(":memory:"));
  const ids = ["old", "untold", "middle", "new", "open"];
  for (const [rpcId, id] of ids.entries()) {
    const row = newRequest(id, { rpcId });
    store.add(row);
    if (id === "open") continue;
    store.resolve(id, answered(row), 10 * (rpcId + 1));
    if (id !== "untold") store.markAnnounced(id);
  }
  const left = () => ids.filter((id) => store.get(id) !== undefined);
  store.trim(10, 4);
  expect(left()).toEqual(ids);
  store.trim(11, 4);
  expect(left()).toEqual(["untold", "middle", "new", "open"]);
  store.trim(0, 1);
  expect(left()).toEqual(["untold", "new", "open"]);
});
