import { parseCursor } from "@signalbox/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Progress } from "./progress.ts";

describe("Progress", () => {
  it("resumes nowhere before any place is known, and after a cursor that no event has followed", () => {
    expect(new Progress().resumeAfter).toBeUndefined();
    expect(new Progress({ epoch: "e", seq: 5 }).resumeAfter).toBe("e:5");
  });

  it("refuses what it has received, and what lies before the cursor it began with", () => {
    const progress = new Progress({ epoch: "e", seq: 5 });
    expect(progress.accept({ seq: 5, type: "a" })).toBe(false);
    expect(progress.accept({ seq: 7, type: "a" })).toBe(true);
    expect(progress.accept({ seq: 7, type: "a" })).toBe(false);
    expect(progress.accept({ seq: 6, type: "a" })).toBe(false);
  });

  it("takes a view of an event, which has the event's seq, and resumes so that one can't fall between", () => {
    const progress = new Progress({ epoch: "e", seq: 0 });
    expect(progress.accept({ seq: 3, type: "app_server.item.completed" })).toBe(true);
    expect(progress.resumeAfter).toBe("e:2");
    expect(progress.accept({ seq: 3, type: "transcript_updated" })).toBe(true);
    expect(progress.accept({ seq: 3, type: "transcript_updated" })).toBe(false);
  });

  it("takes the views of the event at a cursor kept by hand, each once, and never asks for that event", () => {
    const progress = new Progress({ epoch: "e", seq: 5 }, { mayLackViews: true });
    expect(progress.accept({ seq: 5, type: "transcript_updated" })).toBe(true);
    expect(progress.resumeAfter).toBe("e:5");
    expect(progress.accept({ seq: 5, type: "transcript_updated" })).toBe(false);
    expect(progress.accept({ seq: 5, type: "approval" })).toBe(true);
    progress.complete({ epoch: "e", seq: 5 });
    expect(progress.accept({ seq: 5, type: "approval_resolved" })).toBe(false);
    expect(progress.accept({ seq: 6, type: "a" })).toBe(true);
    expect(progress.resumeAfter).toBe("e:5");
  });

  it("moves on to what the hub says is delivered, but never back", () => {
    const progress = new Progress({ epoch: "e", seq: 0 });
    progress.accept({ seq: 5, type: "a" });
    progress.complete({ epoch: "e", seq: 2 });
    expect(progress.resumeAfter).toBe("e:4");
    progress.complete({ epoch: "e", seq: 40 });
    expect(progress.resumeAfter).toBe("e:40");
  });

  it("starts in a new epoch where told, also below the old position", () => {
    const progress = new Progress({ epoch: "old", seq: 90 });
    progress.moveTo({ epoch: "new", seq: 0 });
    expect(progress.accept({ seq: 1, type: "a" })).toBe(true);
    expect(progress.resumeAfter).toBe("new:0");
  });

  it("takes each event and view once and in order, however often and wherever connections are cut", () => {
    const journal = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(journal, fc.array(fc.nat(20), { maxLength: 20 }), (views, cuts) => {
        // What the hub would send from the start: each event followed by its views.
        const all = views.flatMap((count, index) =>
          Array.from({ length: count + 1 }, (_, view) => ({ seq: index + 1, type: `t${view}` })),
        );
        const progress = new Progress({ epoch: "e", seq: 0 });
        const taken: typeof all = [];
        const receive = (limit: number) => {
          const after = parseCursor(progress.resumeAfter!).seq;
          for (const one of all.filter(({ seq }) => seq > after).slice(0, limit)) {
            if (progress.accept(one)) taken.push(one);
          }
        };
        for (const cut of cuts) receive(cut);
        receive(Number.POSITIVE_INFINITY);
        expect(taken).toEqual(all);
      }),
    );
  });
});
