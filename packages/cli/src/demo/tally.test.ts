import type { StreamEvent } from "@signalbox/contract";
import { describe, expect, it } from "vitest";
import { Tally } from "./tally.ts";

const event = (seq: number, type = "a"): StreamEvent => ({
  type,
  threadId: null,
  payload: null,
  seq,
  at: 0,
});

describe("Tally", () => {
  it("counts what was seen, missed, doubled and made up, against the journal", () => {
    const tally = new Tally();
    for (const seq of [1, 2, 2, 2, 4]) tally.note(event(seq));
    tally.note(event(1, "made up"));
    expect(tally.compare([1, 2, 3, 4].map((seq) => event(seq)))).toEqual({
      journaled: 4,
      seen: 3,
      missed: 1,
      doubled: 2,
      unknown: 1,
    });
  });

  it("leaves out what was handled after the journal was read", () => {
    const tally = new Tally();
    for (const seq of [1, 2, 3]) tally.note(event(seq));
    expect(tally.compare([event(1), event(2)])).toMatchObject({ seen: 2, missed: 0, unknown: 0 });
  });

  it("waits until a position is reached, or the signal fires", async () => {
    const tally = new Tally();
    const reached = tally.reached(2, new AbortController().signal);
    tally.note(event(1));
    tally.note(event(3));
    await reached;
    const stop = new AbortController();
    const never = tally.reached(9, stop.signal);
    stop.abort();
    await never;
  });
});
