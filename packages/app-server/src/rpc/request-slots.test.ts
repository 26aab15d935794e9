import { describe, expect, test } from "vitest";
import { RequestSlots } from "./request-slots.ts";

const never = new AbortController().signal;

describe("RequestSlots", () => {
  test("lets as many through as there are slots, and the next one when a slot comes back, first come first served", async () => {
    const slots = new RequestSlots(2, 10);
    const order: number[] = [];
    await slots.take(never);
    await slots.take(never);
    const third = slots.take(never).then(() => order.push(3));
    const fourth = slots.take(never).then(() => order.push(4));
    expect(order).toEqual([]);
    slots.release();
    await third;
    expect(order).toEqual([3]);
    slots.release();
    await fourth;
    expect(order).toEqual([3, 4]);
  });

  test("refuses with queue_full what comes past the bound on waiting, and not before", async () => {
    const slots = new RequestSlots(1, 1);
    await slots.take(never);
    const waiting = slots.take(never);
    await expect(slots.take(never)).rejects.toMatchObject({ code: "queue_full" });
    slots.release();
    await waiting;
  });

  test("gives the slot of a waiter that gave up to the next one", async () => {
    const slots = new RequestSlots(1, 10);
    await slots.take(never);
    const giveUp = new AbortController();
    const first = slots.take(giveUp.signal);
    const second = slots.take(never);
    giveUp.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    slots.release();
    await second;
  });
});
