/** The soak's verdicts see what is wrong: plain evidence, each with one thing that should not be. */
import type { Firing, RequestRecord, StreamEvent } from "@signalbox/contract";
import { describe, expect, test } from "vitest";
import type { Attempt, Delivery } from "./deliveries.ts";
import { judgeDeliveries } from "./delivery-verdict.ts";
import { compareWindows, type MemorySample } from "./memory.ts";
import type { Given } from "./operator.ts";
import { judgeQuestions } from "./question-verdict.ts";

describe("webhooks", () => {
  const firing = (firingId: string, webhookId = "d1") =>
    ({ firingId, triggerId: "t", cause: { type: "webhook", webhookId }, preview: null }) as Firing;
  const own = { isOverheard: false, code: undefined, duplicate: false };
  const taken: Attempt = { ...own, status: 202, firingId: "f1" };
  const unanswered: Attempt = { ...own, status: undefined, firingId: undefined };
  const paused: Attempt = { ...own, status: 409, code: "trigger_paused", firingId: undefined };
  const replayed = { ...paused, isOverheard: true, code: "webhook_replayed" };
  const judge = (attempts: Attempt[], ...firings: Firing[]) =>
    judgeDeliveries([{ triggerId: "t", id: "d1", number: 1, attempts } as Delivery], firings);

  test.each([
    ["taken and fired once", [taken, replayed], [firing("f1")]],
    ["without an answer and fired once", [unanswered], [firing("f1")]],
    ["without an answer and not fired", [unanswered], []],
    ["taken after no answer", [unanswered, { ...taken, duplicate: true }], [firing("f1")]],
  ])("%s are well", (_what, attempts, firings) => {
    expect(judge(attempts, ...firings)).toEqual([]);
  });

  test.each([
    ["taken and not fired", [taken], []],
    ["taken as another firing", [taken], [firing("f2")]],
    ["fired twice", [unanswered], [firing("f1"), firing("f2")]],
    ["refused and fired", [paused], [firing("f1")]],
    ["refused for no reason", [paused], []],
    ["taken when overheard", [taken, { ...taken, isOverheard: true }], [firing("f1")]],
    ["that nobody brought", [taken], [firing("f1"), firing("f9", "d9")]],
  ])("%s are told", (_what, attempts, firings) => {
    expect(judge(attempts, ...firings)).not.toEqual([]);
  });
});

describe("questions", () => {
  const resolution = {
    requestId: "q",
    outcome: "answered",
    decision: "accept",
    actor: "me",
    decidedBy: null,
  } as NonNullable<RequestRecord["resolution"]>;
  const question = {
    requestId: "q",
    kind: "command_approval",
    turnId: "u",
    command: "mkdir /yard/trace1",
    resolution,
  } as RequestRecord;
  const events = [
    { type: "request.opened", payload: { requestId: "q" } },
    { type: "request.resolved", payload: resolution },
    {
      type: "app_server.turn.completed",
      payload: { params: { turn: { id: "u", status: "completed" } } },
    },
  ] as unknown as StreamEvent[];
  const given: Given = {
    actor: "me",
    requestId: "q",
    decision: "accept",
    said: "taken",
    code: undefined,
  };
  const well = { questions: [question], given: [given], firings: [], events, traces: ["trace1"] };
  const judge = (change: Partial<Record<keyof typeof well, unknown>>) => {
    const evidence = { ...well, ...change } as typeof well;
    return judgeQuestions({ ...evidence, traces: new Set(evidence.traces) });
  };

  test("that were answered once, and whose command was run, are well", () => {
    expect(judge({})).toEqual([]);
  });

  test.each([
    ["that ended twice", { events: [...events, events[1]] }],
    ["that never ended", { events: [events[0]] }],
    ["that are in no list", { questions: [], given: [], traces: [] }],
    ["whose answer was taken and does not stand", { given: [{ ...given, actor: "you" }] }],
    ["whose answer came too late and stands", { given: [{ ...given, said: "late" }] }],
    ["that ended otherwise than was answered", { given: [{ ...given, decision: "cancel" }] }],
    ["whose command was allowed and not run", { traces: [] }],
    ["with a command that nobody allowed", { traces: ["trace1", "trace2"] }],
    [
      "that a rule's firing says it answered, and did not",
      {
        firings: [
          { triggerId: "t", state: "done", cause: { type: "request", requestId: "q" }, result: {} },
        ],
      },
    ],
  ])("%s are told", (_what, change) => {
    expect(judge(change)).toHaveLength(1);
  });
});

describe("memory", () => {
  const samples = (pids: readonly number[]): MemorySample[] =>
    Array.from({ length: 100 }, (_, n) => {
      const pid = pids[Math.floor((n * pids.length) / 100)]!;
      const look = 1 + (n % (100 / pids.length));
      return { at: n * 10, pid, look, heap: 100 + n, resident: 1_000 };
    });

  test("of one process is compared with its own, minute 2 to 4 of 10 with the last two", () => {
    const figures = compareWindows(samples([1]), 0, 1_000);
    expect(figures).toMatchObject({ of: "one process", growth: { resident: 0 } });
    expect(figures!.first.heap).toBe(130);
    expect(figures!.last.heap).toBe(190);
  });

  test("of many processes is compared by the first look at each", () => {
    const figures = compareWindows(samples(Array.from({ length: 20 }, (_, pid) => pid)), 0, 1_000);
    expect(figures).toMatchObject({ of: "processes of one age", first: { samples: 5 } });
    expect([figures!.first.heap, figures!.last.heap]).toEqual([130, 190]);
  });

  test("is not compared where a window is empty", () => {
    expect(compareWindows([], 0, 1_000)).toBeUndefined();
    expect(compareWindows(samples([1]).slice(0, 50), 0, 1_000)).toBeUndefined();
  });
});
