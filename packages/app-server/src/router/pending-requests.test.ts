import fc from "fast-check";
import { expect, test } from "vitest";
import { AppServerError } from "../errors.ts";
import { PendingRequests } from "./pending-requests.ts";

const gone = new AppServerError("transport_closed", "gone");

test("each answer settles its own request once, in any order; one that is forgotten, or answered, is answered no more", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.oneof(fc.nat(20), fc.nat(20).map(String)), { maxLength: 20, size: "max" }),
      fc.array(fc.oneof(fc.nat(20), fc.nat(20).map(String)), { maxLength: 40, size: "max" }),
      fc.array(fc.oneof(fc.nat(20), fc.nat(20).map(String)), { maxLength: 5 }),
      async (ids, answers, forgotten) => {
        const pending = new PendingRequests();
        const waiting = new Map(ids.map((id) => [id, pending.add(id)]));
        const open = new Set<string | number>(ids);
        const settled = new Set<string | number>();
        for (const id of forgotten) {
          pending.forget(id);
          open.delete(id);
        }
        for (const id of answers) {
          expect(pending.settle({ id, result: { for: id } })).toBe(open.delete(id));
          if (waiting.has(id) && !forgotten.includes(id)) settled.add(id);
        }
        expect(pending.size).toBe(open.size);
        pending.failAll(gone);
        expect(pending.size).toBe(0);
        for (const [id, promise] of waiting) {
          if (settled.has(id)) expect(await promise).toEqual({ id, result: { for: id } });
          else if (open.has(id)) await expect(promise).rejects.toBe(gone);
        }
      },
    ),
  );
});

test("an answer is heard before anybody else can act on it, and what that throws is its request's alone", async () => {
  const pending = new PendingRequests();
  const heard: unknown[] = [];
  const answer = pending.add(1, (response) => heard.push(response));
  expect(pending.settle({ id: 1, result: {} })).toBe(true);
  expect(heard).toEqual([{ id: 1, result: {} }]);
  await answer;
  const odd = pending.add(2, () => {
    throw new TypeError("It has no thread.");
  });
  expect(pending.settle({ id: 2, result: null })).toBe(true);
  await expect(odd).rejects.toThrow("It has no thread.");
});
