/**
 * Holds questions against those who answered them and against what was done: each ended once, as it
 * was told, by the one answer that was taken; and a command was run only where somebody allowed it.
 */
import type {
  Firing,
  HubEventPayload,
  RequestRecord,
  RequestResolution,
  StreamEvent,
} from "@signalbox/contract";
import type { Given } from "./operator.ts";
import { traceIn } from "./yard.ts";

/** What is held against each other. */
export interface QuestionEvidence {
  /** All questions, as the hub lists them in the end. */
  readonly questions: readonly RequestRecord[];
  /** What the operator answered. */
  readonly given: readonly Given[];
  readonly firings: readonly Firing[];
  /** The journal's events about questions and turns, in order. */
  readonly events: readonly StreamEvent[];
  /** What commands left behind. */
  readonly traces: ReadonlySet<string>;
}

/** What is wrong, one sentence each; empty where nothing is. */
export function judgeQuestions(evidence: QuestionEvidence): string[] {
  return [
    ...notToldOnce(evidence),
    ...answersThatDoNotHold(evidence),
    ...rulesThatDoNotHold(evidence),
    ...commandsRunWrongly(evidence),
  ];
}

/** How a question ended, in words. */
export function endOf({ resolution }: RequestRecord): string {
  if (resolution === null) return "open";
  const { outcome, reason, decision, decidedBy } = resolution;
  if (outcome !== "answered") return `${outcome} ${reason ?? ""}`.trim();
  return `${decision} by ${decidedBy === null ? "operator" : "rule"}`;
}

/** It was opened once and ended once, and the row says what the event said. */
function notToldOnce({ questions, events }: QuestionEvidence): string[] {
  const opened = events
    .filter(({ type }) => type === "request.opened")
    .map(({ payload }) => (payload as HubEventPayload<"request.opened">).requestId);
  const resolved = events
    .filter(({ type }) => type === "request.resolved")
    .map(({ payload }) => payload as RequestResolution);
  const endsOf = Map.groupBy(resolved, ({ requestId }) => requestId);
  const openings = Map.groupBy(opened, (requestId) => requestId);
  const known = new Set(questions.map(({ requestId }) => requestId));
  return [
    ...questions.flatMap(({ requestId, resolution }) => {
      const times = openings.get(requestId)?.length ?? 0;
      const ends = endsOf.get(requestId) ?? [];
      if (times !== 1) return [`${requestId} was opened ${times} times.`];
      if (ends.length !== 1) return [`${requestId} ended ${ends.length} times.`];
      const isSame = JSON.stringify(ends[0]) === JSON.stringify(resolution);
      return isSame ? [] : [`${requestId} ended otherwise than was told.`];
    }),
    ...[...openings.keys()]
      .filter((requestId) => !known.has(requestId))
      .map((requestId) => `${requestId} was opened, and there is no such.`),
  ];
}

/** Of all answers to a question at most one was taken, and it is the one that stands. */
function answersThatDoNotHold({ questions, given }: QuestionEvidence): string[] {
  const ends = new Map(questions.map(({ requestId, resolution }) => [requestId, resolution]));
  return given.flatMap(({ actor, requestId, decision, said, code }) => {
    const end = ends.get(requestId);
    const stands = end?.actor === actor;
    const what = `${actor} said ${decision} to ${requestId}`;
    if (said === "taken" && !stands) return [`${what} and was heard, and ${end?.actor} stands.`];
    if (said === "late" && stands) return [`${what}, was too late (${code}), and stands.`];
    return stands && end.decision !== decision ? [`${what}, and it ended ${end.decision}.`] : [];
  });
}

/** A rule answered where its firing says so, and nowhere else. */
function rulesThatDoNotHold({ questions, firings }: QuestionEvidence): string[] {
  const answered = new Map<string, Firing>();
  for (const firing of firings) {
    const { cause, state } = firing;
    if (cause.type === "request" && state === "done") answered.set(cause.requestId, firing);
  }
  return questions.flatMap(({ requestId, resolution }) => {
    const firing = answered.get(requestId);
    const by = resolution?.decidedBy?.policy;
    if (by !== firing?.triggerId) return [`${requestId} was answered by ${by}, not by its rule.`];
    const said = firing?.result.decision ?? resolution?.decision;
    return said === resolution?.decision ? [] : [`${requestId} was not answered with ${said}.`];
  });
}

/** What was not allowed was not done; what was allowed was, where its turn came to its end. */
function commandsRunWrongly({ questions, traces, events }: QuestionEvidence): string[] {
  const completed = new Set(events.flatMap(completedTurn));
  const allowed = new Set<string>();
  const wrong: string[] = [];
  for (const question of questions) {
    if (question.kind !== "command_approval") continue;
    const trace = traceIn(question.command);
    if (trace === undefined) {
      wrong.push(`${question.requestId} asks for a command that nobody wanted.`);
      continue;
    }
    const { resolution, turnId, requestId } = question;
    if (resolution?.decision !== "accept") continue;
    allowed.add(trace);
    if (completed.has(turnId ?? "") && !traces.has(trace)) {
      wrong.push(`${requestId} was allowed, and ${trace} was not run.`);
    }
  }
  for (const trace of traces) {
    if (!allowed.has(trace)) wrong.push(`${trace} was run, and nobody allowed it.`);
  }
  return wrong;
}

function completedTurn({ type, payload }: StreamEvent): string[] {
  if (type !== "app_server.turn.completed") return [];
  const { params } = payload as { readonly params: { readonly turn: Turn } };
  return params.turn.status === "completed" ? [params.turn.id] : [];
}

interface Turn {
  readonly id: string;
  readonly status: string;
}
