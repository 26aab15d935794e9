import { describe, expect, test } from "vitest";
import { Feed } from "./feed.ts";

function newFeed(limit: number) {
  const calls: string[] = [];
  const valve = { pause: () => calls.push("pause"), resume: () => calls.push("resume") };
  return { calls, feed: new Feed<number>({ limit }, valve, () => calls.push("closed")) };
}

describe("Feed", () => {
  test("gives everything that waits at once, in order", async () => {
    const { feed } = newFeed(100);
    for (let n = 0; n < 5; n++) feed.push(n);
    expect(await feed.take()).toEqual([0, 1, 2, 3, 4]);
  });

  test("wakes everybody who waits: one gets what there is, the other what comes next", async () => {
    const { feed } = newFeed(100);
    const taking = [feed.take(), feed.take()];
    feed.push(1);
    expect(await taking[0]).toEqual([1]);
    feed.push(2);
    expect(await taking[1]).toEqual([2]);
  });

  test("waits for the first event when nothing waits", async () => {
    const { feed } = newFeed(100);
    const taking = feed.take();
    feed.push(7);
    expect(await taking).toEqual([7]);
  });

  test("stops the reading at its limit, once, and resumes it when half is taken", async () => {
    const { feed, calls } = newFeed(4);
    for (let n = 0; n < 3; n++) feed.push(n);
    expect(calls).toEqual([]);
    for (let n = 3; n < 6; n++) feed.push(n);
    expect(calls).toEqual(["pause"]);
    expect(await feed.take(3)).toEqual([0, 1, 2]);
    expect(calls).toEqual(["pause"]);
    expect(await feed.take(1)).toEqual([3]);
    expect(calls).toEqual(["pause", "resume"]);
    expect(await feed.take()).toEqual([4, 5]);
  });

  test("loses nothing when it ends: what waits is still given, then undefined", async () => {
    const { feed } = newFeed(100);
    feed.push(1);
    feed.end();
    expect(await feed.take()).toEqual([1]);
    expect(await feed.take()).toBeUndefined();
  });

  test("a full feed that is disposed does not hold the reading", async () => {
    const { feed, calls } = newFeed(1);
    feed.push(1);
    await feed[Symbol.asyncDispose]();
    expect(calls).toEqual(["pause", "resume", "closed"]);
  });

  test("stops the reading at its bound in bytes, and not one byte below it", async () => {
    const calls: string[] = [];
    const valve = { pause: () => calls.push("pause"), resume: () => calls.push("resume") };
    const feed = new Feed<number>({ limit: 100, bytes: 1_000 }, valve, () => {});
    feed.push(1, 400);
    feed.push(2, 599);
    expect(calls).toEqual([]);
    feed.push(3, 1);
    expect(calls).toEqual(["pause"]);
    expect(await feed.take(1)).toEqual([1]);
    expect(calls).toEqual(["pause"]);
    expect(await feed.take(1)).toEqual([2]);
    expect(calls).toEqual(["pause", "resume"]);
  });
});
