/**
 * What a policy makes of a question: a function of the two. Nothing is allowed unless a rule says
 * so, and a rule says so only of what it sees whole.
 */
import type { Policy, PolicyRule } from "@signalbox/contract";
import { isUnder } from "../real-path.ts";

/** What a policy sees of a question. What could not be found out is undefined, and matches nothing. */
export type PolicyFacts =
  /** The words of the one program that would run. */
  | { readonly kind: "command_approval"; readonly words: readonly string[] | undefined }
  /** Every file that would change, absolute, links resolved. */
  | { readonly kind: "file_change_approval"; readonly files: readonly string[] | undefined }
  /** `tool` is undefined where more than a yes to a tool is asked. */
  | { readonly kind: "elicitation"; readonly server: string; readonly tool: string | undefined }
  | { readonly kind: "tool_call"; readonly tool: string }
  | { readonly kind: "permissions" | "user_input" | "other" };

/** What becomes of a question; `rule` is the index of the rule that says so, null for the mode. */
export type Verdict =
  | { readonly action: "ask" }
  | { readonly action: "allow" | "deny"; readonly rule: number | null };

/** A verdict, and whose it is. */
export type PolicyVerdict = Verdict & {
  /** `default`, or the session; of an answer that a trigger gives, the trigger. */
  readonly policy: string;
};

/** A verdict that answers. */
export type PolicyDecision = Exclude<PolicyVerdict, { readonly action: "ask" }>;

const ask: Verdict = { action: "ask" };

/** Decides. In mode `rules` the first rule that matches does. */
export function decide({ mode, rules }: Policy, facts: PolicyFacts): Verdict {
  if (facts.kind === "other") return ask;
  switch (mode) {
    case "ask":
      return ask;
    case "deny":
      // The answer to a tool call is a program's, not a person's yes.
      return facts.kind === "tool_call" ? ask : { action: "deny", rule: null };
    case "rules": {
      const index = rules.findIndex((rule) => matches(rule, facts));
      const action = rules[index]?.action ?? "ask";
      return action === "ask" ? ask : { action, rule: index };
    }
  }
}

function matches(rule: PolicyRule, facts: PolicyFacts): boolean {
  switch (rule.kind) {
    case "command_approval":
      return facts.kind === rule.kind && beginsWith(facts.words, rule.prefix);
    case "file_change_approval": {
      if (facts.kind !== rule.kind || facts.files === undefined) return false;
      const isIn = (file: string) => isUnder(file, rule.folder);
      if (rule.action !== "allow") return facts.files.some(isIn);
      return facts.files.length > 0 && facts.files.every(isIn);
    }
    case "elicitation": {
      if (facts.kind !== rule.kind || facts.server !== rule.server) return false;
      if (rule.tool !== undefined) return facts.tool === rule.tool;
      return rule.action !== "allow" || facts.tool !== undefined;
    }
    case "tool_call":
      return facts.kind === rule.kind && facts.tool === rule.tool;
    case "permissions":
    case "user_input":
      return facts.kind === rule.kind;
  }
}

function beginsWith(words: readonly string[] | undefined, prefix: readonly string[]): boolean {
  return (
    words !== undefined &&
    words.length >= prefix.length &&
    prefix.every((word, index) => words[index] === word)
  );
}
