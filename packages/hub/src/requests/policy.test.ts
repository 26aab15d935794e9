import type { Policy, PolicyRule } from "@signalbox/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decide, type PolicyFacts } from "./policy.ts";

const word = fc.constantFrom("git", "status", "gitx", "rm", "-s");
const segment = fc.constantFrom("work", "workshop", "src", "etc");
const path = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
const action = fc.constantFrom("allow" as const, "deny" as const, "ask" as const);
const tool = fc.constantFrom("echo", "send");
const rule: fc.Arbitrary<PolicyRule> = fc.oneof(
  fc.record({
    kind: fc.constant("command_approval" as const),
    action,
    prefix: fc.array(word, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("file_change_approval" as const), action, folder: path }),
  fc.record({ kind: fc.constant("elicitation" as const), action, server: tool, tool }),
  fc.record({
    kind: fc.constantFrom("permissions" as const, "user_input" as const),
    action: fc.constantFrom("deny" as const, "ask" as const),
  }),
);
const rules = fc.array(rule, { maxLength: 8, size: "max" });
const facts: fc.Arbitrary<PolicyFacts> = fc.oneof(
  fc.record({
    kind: fc.constant("command_approval" as const),
    words: fc.option(fc.array(word, { minLength: 1, maxLength: 4 }), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant("file_change_approval" as const),
    files: fc.option(fc.array(path, { maxLength: 3 }), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant("elicitation" as const),
    server: tool,
    tool: fc.option(tool, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("tool_call" as const), tool }),
  fc.record({
    kind: fc.constantFrom("permissions" as const, "user_input" as const, "other" as const),
  }),
);

const byRules = (list: readonly PolicyRule[]): Policy => ({
  mode: "rules",
  rules: [...list],
  deadlines: {},
});
const command = (...words: string[]): PolicyFacts => ({ kind: "command_approval", words });
const allowGit = byRules([
  { kind: "command_approval", action: "allow", prefix: ["git", "status"] },
]);

test("a rule on a command matches whole words only, from the first on", () => {
  expect(decide(allowGit, command("git", "status"))).toEqual({ action: "allow", rule: 0 });
  expect(decide(allowGit, command("git", "status", "-s")).action).toBe("allow");
  for (const words of [
    ["gitx", "status"],
    ["git"],
    ["git", "statusx"],
    ["sudo", "git", "status"],
  ]) {
    expect(decide(allowGit, command(...words)).action).toBe("ask");
  }
  expect(decide(allowGit, { kind: "command_approval", words: undefined }).action).toBe("ask");
});

test("a folder holds what is in it and not what only begins like it", () => {
  const policy = byRules([{ kind: "file_change_approval", action: "allow", folder: "/work" }]);
  const change = (...files: string[]) =>
    decide(policy, { kind: "file_change_approval", files }).action;
  expect(change("/work/a", "/work/b/c")).toBe("allow");
  expect(change("/workshop/a")).toBe("ask");
  expect(change("/work/a", "/etc/passwd")).toBe("ask");
  expect(change()).toBe("ask");
});

test("nothing is allowed unless a rule that allows matches", () => {
  fc.assert(
    fc.property(rules, facts, fc.constantFrom("ask", "deny", "rules"), (list, fact, mode) => {
      const verdict = decide({ ...byRules(list), mode }, fact);
      if (verdict.action !== "allow") return;
      expect(mode).toBe("rules");
      expect(list[verdict.rule!]!.action).toBe("allow");
      expect(decide(byRules([list[verdict.rule!]!]), fact)).toEqual({ action: "allow", rule: 0 });
    }),
  );
});

test("the first rule that matches decides, and what comes after it changes nothing", () => {
  fc.assert(
    fc.property(rules, rules, facts, (list, more, fact) => {
      const first = list.findIndex((each) => decide(byRules([each]), fact).action !== "ask");
      const asks = list.findIndex((each) => each.action === "ask" && asksFirst(each, fact));
      const verdict = decide(byRules(list), fact);
      if (first === -1 || (asks !== -1 && asks < first)) expect(verdict.action).toBe("ask");
      else expect(verdict).toEqual({ action: list[first]!.action, rule: first });
      if (verdict.action !== "ask")
        expect(decide(byRules([...list, ...more]), fact)).toEqual(verdict);
    }),
  );
});

/** Whether a rule that asks matches: it would have denied, had it said so. */
function asksFirst(each: PolicyRule, fact: PolicyFacts): boolean {
  return decide(byRules([{ ...each, action: "deny" } as PolicyRule]), fact).action === "deny";
}

test("in mode deny everything a person would be asked is declined, and tool calls are not", () => {
  fc.assert(
    fc.property(rules, facts, (list, fact) => {
      const { action } = decide({ ...byRules(list), mode: "deny" }, fact);
      const isAsked = fact.kind === "tool_call" || fact.kind === "other";
      expect(action).toBe(isAsked ? "ask" : "deny");
    }),
  );
});
