/** Runs one skill once, so that whatever it does ends as an answer. */
import { runIsolated } from "../router/isolate.ts";
import type { Skill, SkillContext } from "./catalog.ts";
import { type SkillAnswer, textAnswer, toSkillAnswer } from "./result.ts";

/** What bounds a run. */
export interface RunLimits {
  /** Milliseconds. */
  readonly deadline: number;
  /** Ends it: its result is not wanted any more. */
  readonly signal: AbortSignal;
}

/**
 * Checks the arguments and calls the handler. Arguments that do not fit, a handler that throws, a
 * result that can't be sent and a missed deadline become a failed answer whose text says so.
 * Undefined when `limits.signal` fired first. The handler's own signal fires with either.
 */
export async function runSkill(
  skill: Skill,
  args: unknown,
  context: Omit<SkillContext, "signal">,
  limits: RunLimits,
): Promise<SkillAnswer | undefined> {
  const { tool } = context;
  let answer: SkillAnswer | undefined;
  const outcome = await runIsolated(async (abortSignal) => {
    // Null is how some models say "no arguments".
    const checked = await skill.validate(args ?? {});
    if ("issues" in checked) {
      answer = textAnswer(
        false,
        JSON.stringify({ error: "invalid_arguments", tool, issues: checked.issues }),
      );
      return;
    }
    const signal = abortSignal();
    if (signal.aborted) return;
    answer = toSkillAnswer(await skill.handler(checked.value as never, { ...context, signal }));
  }, limits);
  switch (outcome.ended) {
    case "done":
      return answer;
    case "stopped":
      return undefined;
    case "threw":
      return textAnswer(false, `Skill ${tool} failed: ${textOf(outcome.error)}`);
    case "deadline":
      return textAnswer(false, `Skill ${tool} did not finish within its ${limits.deadline} ms.`);
    default:
      return outcome satisfies never;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
