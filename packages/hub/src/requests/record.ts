/** Rows as the inbox and the lists of a session show them. */
import type { RequestRecord, ViewPayload } from "@signalbox/contract";
import { isFields, type Params, paramsOf, textOrNull } from "./params.ts";
import { toolToAllow } from "./policy-facts.ts";
import type { RequestRow } from "./request-row.ts";
import { toOpenRequest } from "./resolution.ts";

/** A question as the inbox shows it. What its params do not say is null or empty. */
export function toRecord(row: RequestRow): RequestRecord {
  const { kind } = row;
  const params = paramsOf(row.params);
  const common = {
    ...toOpenRequest(row),
    state: row.resolution === undefined ? ("pending" as const) : ("resolved" as const),
    resolution: row.resolution ?? null,
    details: row.params,
  };
  const cwd = textOrNull(params.cwd);
  const reason = textOrNull(params.reason);
  switch (kind) {
    case "command_approval": {
      const { command, availableDecisions } = params;
      return {
        ...common,
        kind,
        command: Array.isArray(command) ? command.join(" ") : textOrNull(command),
        cwd,
        reason,
        availableDecisions: Array.isArray(availableDecisions) ? availableDecisions : null,
      };
    }
    case "file_change_approval": {
      const paths = row.paths === null ? null : [...row.paths];
      return { ...common, kind, paths, grantRoot: textOrNull(params.grantRoot), reason };
    }
    case "permissions": {
      const permissions = paramsOf(params.permissions);
      return { ...common, kind, permissions, cwd, reason };
    }
    case "user_input":
      return { ...common, kind, questions: questionsIn(params) };
    case "elicitation":
      return { ...common, kind, ...elicitationIn(params) };
    case "tool_call":
      return {
        ...common,
        kind,
        tool: textOrNull(params.tool) ?? "",
        callId: textOrNull(params.callId) ?? "",
        arguments: params.arguments ?? null,
        claimant: row.claim?.claimant ?? null,
      };
    case "other":
      return { ...common, kind };
  }
}

/** What every list of one kind shows of a question that waits. */
export function toPending(row: RequestRow) {
  const params = paramsOf(row.params);
  return {
    method: row.method,
    threadId: row.threadId ?? "",
    turnId: row.turnId,
    itemId: row.itemId ?? textOrNull(params.callId),
    summary: row.summary,
    details: row.params,
    createdAt: new Date(row.openedAt).toISOString(),
    status: "pending" as const,
  };
}

/** A question to the user that waits. */
export function toPendingInput(row: RequestRow): ViewPayload<"tool_user_input_requested"> {
  return {
    requestId: row.id,
    ...toPending(row),
    questions: questionsIn(paramsOf(row.params)),
  };
}

/** A tool call that waits. */
export function toPendingCall(row: RequestRow) {
  const params = paramsOf(row.params);
  return {
    requestId: row.id,
    ...toPending(row),
    callId: textOrNull(params.callId) ?? "",
    tool: textOrNull(params.tool) ?? "",
    arguments: params.arguments ?? null,
    claimant: row.claim?.claimant ?? null,
  };
}

/** The questions to the user in the params of a user input. */
export function questionsIn({ questions }: Params) {
  if (!Array.isArray(questions)) return [];
  return questions.filter(isFields).map((question) => ({
    ...question,
    id: textOrNull(question.id) ?? "",
    header: textOrNull(question.header) ?? "",
    question: textOrNull(question.question) ?? "",
    isOther: question.isOther === true,
    isSecret: question.isSecret === true,
    options: Array.isArray(question.options)
      ? question.options.filter(isFields).map((option) => ({
          ...option,
          label: textOrNull(option.label) ?? "",
          description: textOrNull(option.description) ?? "",
        }))
      : null,
  }));
}

function elicitationIn(params: Params) {
  return {
    serverName: textOrNull(params.serverName) ?? "",
    mode: textOrNull(params.mode) ?? "",
    message: textOrNull(params.message) ?? textOrNull(params.description) ?? "",
    tool: toolToAllow(params) ?? null,
    requestedSchema: isFields(params.requestedSchema) ? params.requestedSchema : null,
    url: textOrNull(params.url),
  };
}
