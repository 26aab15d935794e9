import { SignalboxError } from "@signalbox/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { CallDispatcher, maxWaitingCalls } from "./call-dispatcher.ts";
import { SkillCatalog, type SkillContext, type SkillHandler } from "./catalog.ts";
import type { SkillAnswer } from "./result.ts";
import type { ToolCall } from "./tool-call.ts";

/** The hub's side of tool calls: who holds which, what was answered. Its faults are set by the test. */
class Desk {
  readonly claims = new Map<string, string>();
  readonly released: string[] = [];
  readonly answers: { requestId: string; answer: SkillAnswer }[] = [];
  /** Called with what is done and the number of its attempt, before it is done. */
  before: (what: string, attempt: number) => unknown = () => undefined;
  /** The same after it was done: the reply is lost when it throws. */
  after: (what: string, attempt: number) => unknown = () => undefined;
  readonly #attempts = new Map<string, number>();

  of(claimant: string) {
    return {
      claim: (requestId: string) =>
        this.#do("claim", requestId, () => {
          const holder = this.claims.get(requestId) ?? claimant;
          if (holder !== claimant) throw new SignalboxError("in_flight", `held by ${holder}`);
          this.claims.set(requestId, claimant);
          return { claimId: `${requestId} of ${claimant}` };
        }),
      release: (requestId: string) =>
        this.#do("release", requestId, () => {
          this.claims.delete(requestId);
          this.released.push(requestId);
        }),
      respond: (requestId: string, claimId: string, answer: SkillAnswer) =>
        this.#do("respond", requestId, () => {
          if (claimId !== `${requestId} of ${claimant}`) {
            throw new SignalboxError("claim_not_held", claimId);
          }
          this.answers.push({ requestId, answer });
        }),
    };
  }

  async #do<Value>(what: string, id: string, work: () => Value): Promise<Value> {
    const attempt = (this.#attempts.get(`${what} ${id}`) ?? 0) + 1;
    this.#attempts.set(`${what} ${id}`, attempt);
    await this.before(what, attempt);
    const value = work();
    await this.after(what, attempt);
    return value;
  }
}

const call = (requestId = "req", args: unknown = {}): ToolCall => ({
  requestId,
  threadId: "s",
  turnId: "turn",
  callId: "call",
  tool: "work",
  arguments: args,
});

function skillOf(handler: SkillHandler<{ text?: string | undefined }>, deadline?: number) {
  const catalog = new SkillCatalog();
  const input = z.object({ text: z.string().optional() });
  catalog.skill({ name: "work", input, ...(deadline === undefined ? {} : { deadline }) }, handler);
  return catalog.get("work")!;
}

function dispatcherOf(desk: Desk, claimant = "p", concurrency = 4): CallDispatcher {
  return new CallDispatcher({
    sessionId: "s",
    desk: desk.of(claimant),
    deadline: 5_000,
    concurrency,
  });
}

const textOf = ({ contentItems: [item] }: SkillAnswer) =>
  item?.type === "inputText" ? item.text : "";

const resolution = {
  requestId: "req",
  kind: "tool_call",
  method: "item/tool/call",
  threadId: "s",
  turnId: "turn",
  outcome: "expired",
  reason: "turn_ended",
  decision: null,
  scope: null,
  success: null,
  actor: null,
  decidedBy: null,
} as const;

describe("CallDispatcher", () => {
  it("claims a call before its handler runs, and answers under the claim", async () => {
    const desk = new Desk();
    const seen: unknown[] = [];
    const skill = skillOf(({ text }, { signal, ...context }: SkillContext) => {
      seen.push(context, signal.aborted, desk.claims.get("req"));
      return text?.toUpperCase();
    });
    const outcome = await dispatcherOf(desk).handle(skill, call("req", { text: "hey" }));
    expect(outcome).toEqual({
      status: "answered",
      requestId: "req",
      tool: "work",
      success: true,
      duplicate: false,
    });
    expect(seen).toEqual([
      { tool: "work", sessionId: "s", turnId: "turn", requestId: "req", callId: "call" },
      false,
      "p",
    ]);
    expect(desk.answers.map(({ answer }) => textOf(answer))).toEqual(["HEY"]);
  });

  it("runs each call in one process and once, whoever hears of it and however often", async () => {
    const hearings = fc.array(fc.record({ process: fc.nat(2), id: fc.nat(5), pauses: fc.nat(3) }), {
      size: "max",
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(hearings, fc.scheduler(), async (heard, scheduler) => {
        const desk = new Desk();
        desk.before = (what) => scheduler.schedule(Promise.resolve(), what);
        desk.after = (what, attempt) => {
          if (attempt === 1 && what === "respond") {
            throw new SignalboxError("outcome_unknown", "the reply was lost");
          }
        };
        const runs: string[] = [];
        const skill = skillOf(async (_, { requestId }) => {
          runs.push(requestId);
          await scheduler.schedule(Promise.resolve(), "handler");
        });
        const processes = ["a", "b", "c"].map((name) => dispatcherOf(desk, name, 2));
        const outcomes = heard.map(({ process, id }) =>
          processes[process]!.handle(skill, call(`r${id}`)),
        );
        const all = Promise.all(outcomes);
        await scheduler.waitFor(all);
        const ids = [...new Set(heard.map(({ id }) => `r${id}`))].sort();
        expect(runs.toSorted()).toEqual(ids);
        for (const outcome of await all) {
          expect(["answered", "ignored"]).toContain(outcome.status);
        }
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it("leaves a call to the process that took it, and takes it when it is heard of after a release", async () => {
    const desk = new Desk();
    desk.claims.set("req", "other");
    const dispatcher = dispatcherOf(desk);
    const skill = skillOf(() => "done");
    expect(await dispatcher.handle(skill, call())).toEqual({
      status: "ignored",
      reason: "taken_elsewhere",
    });
    desk.claims.delete("req");
    expect(await dispatcher.handle(skill, call())).toMatchObject({ status: "answered" });
  });

  it("gives each who hears of a call its one outcome", async () => {
    const desk = new Desk();
    const gate = Promise.withResolvers<string>();
    const skill = skillOf(() => gate.promise);
    const dispatcher = dispatcherOf(desk);
    const first = dispatcher.handle(skill, call());
    const meanwhile = dispatcher.handle(skill, call());
    gate.resolve("done");
    const later = first.then(() => dispatcher.handle(skill, call()));
    const outcomes = await Promise.all([first, meanwhile, later]);
    expect(outcomes.map((one) => one.status !== "ignored" && one.duplicate)).toEqual([
      false,
      true,
      true,
    ]);
    expect(desk.answers).toHaveLength(1);
  });

  it("answers arguments that do not fit with a failure that names each, and does not run", async () => {
    const desk = new Desk();
    let ran = false;
    const skill = skillOf(() => {
      ran = true;
    });
    const outcome = await dispatcherOf(desk).handle(skill, call("req", { text: 5 }));
    expect(outcome).toMatchObject({ status: "answered", success: false });
    expect(JSON.parse(textOf(desk.answers[0]!.answer))).toMatchObject({
      error: "invalid_arguments",
      tool: "work",
      issues: [{ path: "text" }],
    });
    expect(ran).toBe(false);
  });

  const circular: { self?: unknown } = {};
  circular.self = circular;
  it.each<[string, () => unknown, RegExp]>([
    [
      "throws",
      () => {
        throw new Error("no paper");
      },
      /no paper/,
    ],
    ["rejects", () => Promise.reject(new Error("no ink")), /no ink/],
    ["gives a number JSON can't say", () => 10n, /BigInt/],
    ["gives a circle", () => circular, /circular/],
    ["gives a function", () => () => 1, /function/],
    [
      "gives an item of an unknown kind",
      () => ({ contentItems: [{ type: "inputVideo" }] }),
      /contentItems\[0\]/,
    ],
  ])("answers with a failure that says why when the handler %s", async (_, handler, why) => {
    const desk = new Desk();
    const outcome = await dispatcherOf(desk).handle(skillOf(handler), call());
    expect(outcome).toMatchObject({ status: "answered", success: false });
    expect(textOf(desk.answers[0]!.answer)).toMatch(/^Skill work failed: /);
    expect(textOf(desk.answers[0]!.answer)).toMatch(why);
  });

  it("answers with a failure at the skill's deadline, fires its signal, and drops a late result", async () => {
    const desk = new Desk();
    const late = Promise.withResolvers<string>();
    let signal: AbortSignal | undefined;
    const skill = skillOf((_, context) => {
      signal = context.signal;
      return late.promise;
    }, 10);
    const outcome = await dispatcherOf(desk).handle(skill, call());
    late.resolve("late");
    await late.promise;
    expect(outcome).toMatchObject({ status: "answered", success: false });
    expect(signal?.reason).toMatchObject({ name: "TimeoutError" });
    expect(desk.answers).toHaveLength(1);
    expect(textOf(desk.answers[0]!.answer)).toContain("10 ms");
  });

  it("aborts the handler of a call the hub has ended, and sends no answer", async () => {
    const desk = new Desk();
    const dispatcher = dispatcherOf(desk);
    const started = Promise.withResolvers<AbortSignal>();
    const late = Promise.withResolvers<string>();
    const skill = skillOf((_, { signal }) => {
      started.resolve(signal);
      return late.promise;
    });
    const outcome = dispatcher.handle(skill, call());
    const signal = await started.promise;
    expect(dispatcher.running).toEqual(["req"]);
    dispatcher.ended("req", resolution);
    expect(signal.aborted).toBe(true);
    late.resolve("late");
    expect(await outcome).toMatchObject({
      status: "settled",
      error: { code: "not_eligible", details: { resolution } },
    });
    expect(desk.answers).toEqual([]);
    expect(await dispatcher.handle(skill, call())).toMatchObject({ duplicate: true });
  });

  it("does not run a call that ended while it waited for its turn", async () => {
    const desk = new Desk();
    const dispatcher = dispatcherOf(desk, "p", 1);
    const gate = Promise.withResolvers<string>();
    const runs: string[] = [];
    const skill = skillOf((_, { requestId }) => {
      runs.push(requestId);
      return gate.promise;
    });
    const first = dispatcher.handle(skill, call("a"));
    const second = dispatcher.handle(skill, call("b"));
    dispatcher.ended("b", { ...resolution, requestId: "b" });
    expect(await second).toMatchObject({ status: "settled" });
    gate.resolve("done");
    await first;
    expect(runs).toEqual(["a"]);
    expect([...desk.claims.keys()]).toEqual(["a"]);
  });

  it("takes its own answer's end for no abort", async () => {
    const desk = new Desk();
    const dispatcher = dispatcherOf(desk);
    desk.after = (what) => {
      if (what === "respond") dispatcher.ended("req", { ...resolution, outcome: "answered" });
    };
    const outcome = await dispatcher.handle(
      skillOf(() => "done"),
      call(),
    );
    expect(outcome).toMatchObject({ status: "answered", success: true });
  });

  it("runs as many handlers side by side as it may, and the others in their order", async () => {
    const desk = new Desk();
    const dispatcher = dispatcherOf(desk, "p", 2);
    const started: string[] = [];
    const gates = new Map(["a", "b", "c", "d"].map((id) => [id, Promise.withResolvers<string>()]));
    const skill = skillOf((_, { requestId }) => {
      started.push(requestId);
      return gates.get(requestId)!.promise;
    });
    const outcomes = new Map(
      [...gates.keys()].map((id) => [id, dispatcher.handle(skill, call(id))]),
    );
    gates.get("b")!.resolve("");
    await outcomes.get("b");
    gates.get("c")!.resolve("");
    await outcomes.get("c");
    expect(started).toEqual(["a", "b", "c"]);
    gates.get("a")!.resolve("");
    gates.get("d")!.resolve("");
    await dispatcher.idle();
    expect(started).toEqual(["a", "b", "c", "d"]);
  });

  it("leaves a call that is one too many to wait at the hub, where it can be taken later", async () => {
    const desk = new Desk();
    const dispatcher = dispatcherOf(desk, "p", 1);
    const gate = Promise.withResolvers<string>();
    const skill = skillOf(() => gate.promise);
    void dispatcher.handle(skill, call("running"));
    for (let index = 0; index < maxWaitingCalls; index += 1) {
      void dispatcher.handle(skill, call(`waiting ${index}`));
    }
    const more = () => dispatcher.handle(skill, call("more"));
    expect(await more()).toEqual({ status: "ignored", reason: "queue_full" });
    gate.resolve("done");
    await dispatcher.idle();
    expect(await more()).toMatchObject({ status: "answered" });
    expect(desk.answers).toHaveLength(maxWaitingCalls + 2);
  });

  it("sends an answer again when its reply was lost, without running the handler again", async () => {
    const desk = new Desk();
    desk.after = (what, attempt) => {
      if (attempt === 1)
        throw new SignalboxError("outcome_unknown", `the reply to ${what} was lost`);
      if (attempt === 2) throw new SignalboxError("hub_unreachable", "away");
    };
    let runs = 0;
    const skill = skillOf(() => {
      runs += 1;
    });
    const outcome = await dispatcherOf(desk).handle(skill, call());
    expect(outcome).toMatchObject({ status: "answered", success: true });
    expect(runs).toBe(1);
    expect(desk.answers).toHaveLength(3);
  });

  it("keeps an answer the hub would not take, and sends it when the call is heard of again", async () => {
    const desk = new Desk();
    let runs = 0;
    const skill = skillOf(() => {
      runs += 1;
      return `run ${runs}`;
    });
    let isDown = true;
    desk.before = (what) => {
      if (isDown && what === "respond") throw new SignalboxError("unauthorized", "who are you?");
    };
    const dispatcher = dispatcherOf(desk);
    expect(await dispatcher.handle(skill, call())).toMatchObject({
      status: "unsent",
      error: { code: "unauthorized" },
    });
    isDown = false;
    const again = await Promise.all([
      dispatcher.handle(skill, call()),
      dispatcher.handle(skill, call()),
    ]);
    expect(again).toMatchObject([
      { status: "answered", duplicate: true },
      { status: "answered", duplicate: true },
    ]);
    expect(desk.answers.map(({ answer }) => textOf(answer))).toEqual(["run 1"]);
  });

  it("runs nothing that it could not claim, and tries again when it is heard of again", async () => {
    const desk = new Desk();
    let isDown = true;
    desk.before = () => {
      if (isDown) throw new SignalboxError("unauthorized", "who are you?");
    };
    let runs = 0;
    const skill = skillOf(() => {
      runs += 1;
    });
    const dispatcher = dispatcherOf(desk);
    expect(await dispatcher.handle(skill, call())).toMatchObject({ status: "unsent" });
    expect(runs).toBe(0);
    isDown = false;
    expect(await dispatcher.handle(skill, call())).toMatchObject({ status: "answered" });
    expect(runs).toBe(1);
  });

  it.each(["already_resolved", "not_eligible", "tool_call_not_found", "session_attached"] as const)(
    "tells a call that is over (%s) from one it could not answer",
    async (code) => {
      const desk = new Desk();
      desk.before = (what) => {
        if (what === "respond") throw new SignalboxError(code, code);
      };
      const outcome = await dispatcherOf(desk).handle(
        skillOf(() => ""),
        call(),
      );
      expect(outcome).toMatchObject({ status: "settled", error: { code } });
    },
  );

  it("answers with a failure when the result is more than the hub reads", async () => {
    const desk = new Desk();
    desk.before = (what, attempt) => {
      if (what === "respond" && attempt === 1) throw new SignalboxError("body_too_large", "no");
    };
    const outcome = await dispatcherOf(desk).handle(
      skillOf(() => "much"),
      call(),
    );
    expect(outcome).toMatchObject({ status: "answered", success: false });
    expect(textOf(desk.answers[0]!.answer)).toMatch(/too large/);
  });

  it("aborts what runs when it is closed, answers it as failed, and takes nothing more", async () => {
    const desk = new Desk();
    const dispatcher = dispatcherOf(desk, "p", 1);
    const started = Promise.withResolvers<AbortSignal>();
    const skill = skillOf((_, { signal }) => {
      started.resolve(signal);
      return new Promise(() => undefined);
    });
    const running = dispatcher.handle(skill, call("running"));
    const waiting = dispatcher.handle(skill, call("waiting"));
    const signal = await started.promise;
    await dispatcher.close();
    expect(signal.aborted).toBe(true);
    expect(await running).toMatchObject({ status: "answered", success: false });
    expect(await waiting).toEqual({ status: "ignored", reason: "closed" });
    expect(await dispatcher.handle(skill, call("late"))).toEqual({
      status: "ignored",
      reason: "closed",
    });
    expect([...desk.claims.keys()]).toEqual(["running"]);
  });

  it("gives back a call it had claimed when it is closed before the handler ran", async () => {
    const desk = new Desk();
    const dispatcher = dispatcherOf(desk);
    const claiming = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    desk.after = (what) => {
      if (what !== "claim") return undefined;
      claiming.resolve();
      return closed.promise;
    };
    const outcome = dispatcher.handle(
      skillOf(() => "done"),
      call(),
    );
    await claiming.promise;
    const closing = dispatcher.close();
    closed.resolve();
    await closing;
    expect(await outcome).toEqual({ status: "ignored", reason: "closed" });
    expect(desk.released).toEqual(["req"]);
  });
});
