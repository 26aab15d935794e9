import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IdMap } from "./id-map.ts";

// Few letters and short ids, so that many differ only before their last three characters.
const id = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 });
const step = fc.oneof(
  fc.record({ do: fc.constant("set" as const), id, value: fc.nat() }),
  fc.record({ do: fc.constant("delete" as const), id }),
  fc.record({ do: fc.constant("clear" as const), id }),
);

describe("IdMap", () => {
  test("holds what a Map holds, also for ids that end alike", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
        const ours = new IdMap<number>();
        const map = new Map<string, number>();
        for (const action of steps) {
          if (action.do === "set") {
            ours.set(action.id, action.value);
            map.set(action.id, action.value);
          } else if (action.do === "delete") {
            expect(ours.delete(action.id)).toBe(map.delete(action.id));
          } else {
            ours.clear();
            map.clear();
          }
          expect(ours.size).toBe(map.size);
          expect(ours.get(action.id)).toBe(map.get(action.id));
        }
        for (const [key, value] of map) expect(ours.get(key)).toBe(value);
        expect([...ours.values()].toSorted()).toEqual([...map.values()].toSorted());
      }),
    );
  });
});
