import { SignalboxError } from "@signalbox/contract";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { SkillCatalog, type SkillContext } from "./catalog.ts";
import type { SkillAnswer } from "./result.ts";
import { SessionSkills, type SkillSignal } from "./session-skills.ts";

function toolCall(tool: string, args: unknown, requestId = "req_1", threadId = "s1"): SkillSignal {
  return {
    eventType: "app_server.request.item.tool.call",
    context: { threadId, turnId: "turn" },
    params: { tool, arguments: args, callId: "c", threadId, turnId: "turn" },
    session: { id: threadId, title: null, projectId: null },
    requestId,
  };
}

interface Bound {
  readonly skills: SessionSkills;
  readonly sent: { requestId: string; answer: SkillAnswer }[];
}

/** Skills whose answers are taken by `respond`, which is called after each was noted. */
function bind(
  register: (catalog: SkillCatalog) => void,
  respond: (attempt: number) => unknown = () => undefined,
): Bound {
  const sent: Bound["sent"] = [];
  const catalog = new SkillCatalog();
  register(catalog);
  catalog.close();
  const skills = new SessionSkills({
    sessionId: "s1",
    catalog,
    deadline: 1_000,
    respond: async (requestId, answer) => {
      sent.push({ requestId, answer });
      await respond(sent.length);
    },
  });
  return { skills, sent };
}

const uppercase = (catalog: SkillCatalog) =>
  catalog.skill(
    { name: "uppercase", description: "Capitals", input: z.object({ text: z.string() }) },
    ({ text }) => text.toUpperCase(),
  );

function textOf(bound: Bound): string {
  const item = bound.sent[0]?.answer.contentItems[0];
  return item?.type === "inputText" ? item.text : "";
}

describe("SessionSkills", () => {
  it("runs the skill a call asks for and answers under the call's id", async () => {
    const { skills, sent } = bind(uppercase);
    const outcome = await skills.respondToSignal(toolCall("uppercase", { text: "hey" }));
    expect(outcome).toEqual({
      status: "answered",
      requestId: "req_1",
      tool: "uppercase",
      success: true,
      duplicate: false,
    });
    expect(sent).toEqual([
      {
        requestId: "req_1",
        answer: { success: true, contentItems: [{ type: "inputText", text: "HEY" }] },
      },
    ]);
  });

  it("tells the handler which call it is", async () => {
    const seen: Omit<SkillContext, "signal">[] = [];
    const { skills } = bind((catalog) =>
      catalog.skill({ name: "a", description: "a", input: { type: "object" } }, (_, context) => {
        const { signal, ...rest } = context;
        expect(signal.aborted).toBe(false);
        seen.push(rest);
      }),
    );
    await skills.respondToSignal(toolCall("a", null));
    expect(seen).toEqual([
      { tool: "a", sessionId: "s1", turnId: "turn", requestId: "req_1", callId: "c" },
    ]);
  });

  it("leaves alone other events, other sessions and tools it does not offer", async () => {
    const { skills, sent } = bind(uppercase);
    const call = toolCall("uppercase", { text: "a" });
    const other = { ...call, eventType: "app_server.item.started" };
    expect(await skills.respondToSignal(other)).toMatchObject({ reason: "not_a_tool_call" });
    expect(await skills.respondToSignal({ ...call, params: { tool: " " } })).toMatchObject({
      reason: "not_a_tool_call",
    });
    const elsewhere = toolCall("uppercase", { text: "a" }, "req_1", "s2");
    expect(await skills.respondToSignal(elsewhere)).toMatchObject({ reason: "other_session" });
    expect(await skills.respondToSignal(toolCall("lowercase", {}))).toMatchObject({
      reason: "unknown_tool",
    });
    expect(sent).toEqual([]);
  });

  it("runs a call once however often it hears of it, and gives each the one outcome", async () => {
    let runs = 0;
    const gate = Promise.withResolvers<string>();
    const { skills, sent } = bind((catalog) =>
      catalog.skill({ name: "a", description: "a", input: { type: "object" } }, () => {
        runs += 1;
        return gate.promise;
      }),
    );
    const first = skills.respondToSignal(toolCall("a", {}));
    const meanwhile = skills.respondToSignal(toolCall("a", {}));
    gate.resolve("done");
    const outcomes = await Promise.all([first, meanwhile]);
    const later = await skills.respondToSignal(toolCall("a", {}));
    expect(outcomes.map((outcome) => "duplicate" in outcome && outcome.duplicate)).toEqual([
      false,
      true,
    ]);
    expect(later).toMatchObject({ status: "answered", duplicate: true });
    expect([runs, sent.length]).toEqual([1, 1]);
  });

  it("answers arguments that do not fit with a failure that names each of them, and does not run", async () => {
    const bound = bind(uppercase);
    const outcome = await bound.skills.respondToSignal(toolCall("uppercase", { text: 5 }));
    expect(outcome).toMatchObject({ status: "answered", success: false });
    expect(JSON.parse(textOf(bound))).toMatchObject({
      error: "invalid_arguments",
      tool: "uppercase",
      issues: [{ path: "text" }],
    });
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no paper");
      },
      "no paper",
    ],
    ["rejects", () => Promise.reject(new Error("no ink")), "no ink"],
    ["gives what JSON can't say", () => 10n, "BigInt"],
  ])("answers with a failure that says why when the handler %s", async (_, handler, why) => {
    const bound = bind((catalog) =>
      catalog.skill({ name: "print", description: "p", input: { type: "object" } }, handler),
    );
    const outcome = await bound.skills.respondToSignal(toolCall("print", {}));
    expect(outcome).toMatchObject({ status: "answered", success: false });
    expect(textOf(bound)).toMatch(/^Skill print failed: /);
    expect(textOf(bound)).toContain(why);
  });

  it("answers with a failure at the skill's deadline, fires its signal, and drops a late result", async () => {
    let signal: AbortSignal | undefined;
    const late = Promise.withResolvers<string>();
    const bound = bind((catalog) =>
      catalog.skill(
        { name: "slow", description: "s", input: { type: "object" }, deadline: 10 },
        (_, context) => {
          signal = context.signal;
          return late.promise;
        },
      ),
    );
    const outcome = await bound.skills.respondToSignal(toolCall("slow", {}));
    late.resolve("late");
    await late.promise;
    expect(outcome).toMatchObject({ status: "answered", success: false });
    expect(signal?.aborted).toBe(true);
    expect(bound.sent).toHaveLength(1);
    expect(textOf(bound)).toContain("10 ms");
  });

  it("sends an answer again when it may not have arrived, without running the handler again", async () => {
    let runs = 0;
    const { skills, sent } = bind(
      (catalog) =>
        catalog.skill({ name: "a", description: "a", input: { type: "object" } }, () => {
          runs += 1;
        }),
      (attempt) => {
        if (attempt === 1) throw new SignalboxError("outcome_unknown", "lost");
        if (attempt === 2) throw new SignalboxError("hub_unreachable", "away");
        throw new SignalboxError("already_resolved", "by the first");
      },
    );
    const outcome = await skills.respondToSignal(toolCall("a", {}));
    expect(outcome).toMatchObject({ status: "answered", success: true });
    expect([runs, sent.length]).toEqual([1, 3]);
  });

  it("says that a call was settled without it, or that its answer could not be sent", async () => {
    const failing = (code: string) => () => {
      throw new SignalboxError(code, code);
    };
    const settled = bind(uppercase, failing("already_resolved"));
    const call = toolCall("uppercase", { text: "a" });
    expect(await settled.skills.respondToSignal(call)).toMatchObject({
      status: "settled",
      error: { code: "already_resolved" },
    });
    const refused = bind(uppercase, failing("unauthorized"));
    expect(await refused.skills.respondToSignal(call)).toMatchObject({
      status: "unsent",
      error: { code: "unauthorized" },
    });
    expect(refused.sent).toHaveLength(1);
  });
});
