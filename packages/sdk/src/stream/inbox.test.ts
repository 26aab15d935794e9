import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Inbox } from "./inbox.ts";

const limits = { events: 4, characters: 100 };

describe("Inbox", () => {
  it("gives items out in order, to one who waits as to one who comes later", async () => {
    const inbox = new Inbox<number>(limits);
    const first = inbox.take();
    inbox.push(1, 1);
    inbox.push(2, 1);
    expect([await first, await inbox.take()]).toEqual([1, 2]);
  });

  it("is full at either bound and drained at half of both", async () => {
    const byCount = new Inbox<number>(limits);
    for (let item = 0; item < 4; item += 1) byCount.push(item, 1);
    expect(byCount.isFull).toBe(true);
    let isDrained = false;
    const drained = byCount.drained().then(() => {
      isDrained = true;
    });
    await byCount.take();
    await Promise.resolve();
    expect(isDrained).toBe(false);
    await byCount.take();
    await drained;

    const bySize = new Inbox<number>(limits);
    bySize.push(1, 100);
    expect(bySize.isFull).toBe(true);
  });

  it("gives out what it has before it ends, and drops it when told to", async () => {
    const kept = new Inbox<number>(limits);
    kept.push(1, 1);
    kept.end();
    expect([await kept.take(), await kept.take()]).toEqual([1, undefined]);

    const dropped = new Inbox<number>(limits);
    dropped.push(1, 1);
    dropped.end({ drop: true });
    dropped.push(2, 1);
    expect(await dropped.take()).toBeUndefined();
  });

  it("ends one who waits, with the error it ended with", async () => {
    const waiting = new Inbox<number>(limits);
    const taken = waiting.take();
    waiting.end({ error: new Error("refused") });
    await expect(taken).rejects.toThrow("refused");
    await expect(waiting.take()).rejects.toThrow("refused");
  });

  it("lets go of one who waits for it to drain when it ends", async () => {
    const inbox = new Inbox<number>(limits);
    for (let item = 0; item < 4; item += 1) inbox.push(item, 1);
    const drained = inbox.drained();
    inbox.end();
    await drained;
  });

  it("loses, doubles and reorders nothing under any mix of pushes and takes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 30 }), async (bursts) => {
        const inbox = new Inbox<number>(limits);
        const given: number[] = [];
        let pushed = 0;
        for (const [turn, burst] of bursts.entries()) {
          for (let item = 0; item < burst; item += 1) inbox.push(pushed++, 1);
          for (
            let take = 0;
            take < (turn % 2 === 0 ? burst / 2 : burst) && inbox.length > 0;
            take += 1
          ) {
            given.push((await inbox.take())!);
          }
        }
        inbox.end();
        for (let item = await inbox.take(); item !== undefined; item = await inbox.take())
          given.push(item);
        expect(given).toEqual(Array.from({ length: pushed }, (_, item) => item));
      }),
    );
  });
});
