import fc from "fast-check";
import { expect, test } from "vitest";
import { Confluence } from "./confluence.ts";

test("what each source brings is taken whole and in its order, however they interleave", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(5), { size: "max", maxLength: 40 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 8 }),
      async (sources, limit, max) => {
        const confluence = new Confluence<{ source: number; nth: number }>(limit);
        const bringing = sources.map(async (batches, source) => {
          let nth = 0;
          for (const size of batches) {
            await confluence.bring(Array.from({ length: size }, () => ({ source, nth: nth++ })));
          }
          return nth;
        });
        void Promise.all(bringing).then(() => confluence.end());
        const taken = sources.map(() => 0);
        for (let batch = await confluence.take(max); batch; batch = await confluence.take(max)) {
          expect(batch.length).toBeLessThanOrEqual(max);
          for (const { source, nth } of batch) expect(taken[source]!++).toBe(nth);
        }
        expect(taken).toEqual(await Promise.all(bringing));
      },
    ),
  );
});

test("who brings waits at the limit, and not one below it, until something is taken", async () => {
  const confluence = new Confluence<number>(3);
  await confluence.bring([1, 2]);
  let brought = false;
  const waiting = confluence.bring([3]).then(() => {
    brought = true;
  });
  await Promise.resolve();
  expect(brought).toBe(false);
  expect(await confluence.take(1)).toEqual([1]);
  await waiting;
  expect(await confluence.take(10)).toEqual([2, 3]);
});

test("once it has ended nobody waits any more, and what was brought before can be taken", async () => {
  const confluence = new Confluence<number>(1);
  const waiting = confluence.bring([1]);
  confluence.end();
  await waiting;
  await confluence.bring([2]);
  expect(await confluence.take(10)).toEqual([1]);
  expect(await confluence.take(10)).toBeUndefined();
});
