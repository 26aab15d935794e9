/** What policies see of a question, read from its params and from the disk. */
import { toRealPath } from "../real-path.ts";
import { isFields, type Params, paramsOf } from "./params.ts";
import type { PolicyFacts } from "./policy.ts";
import type { AskedRequest } from "./request-row.ts";
import { toSimpleCommand } from "./simple-command.ts";

/** The facts of a question. */
export function toPolicyFacts(request: AskedRequest): PolicyFacts {
  const params = paramsOf(request.params);
  const { kind } = request;
  switch (kind) {
    case "command_approval":
      return { kind, words: wordsOf(params) };
    case "file_change_approval":
      return { kind, files: filesOf(request, params) };
    case "elicitation":
      return { kind, server: String(params.serverName), tool: toolToAllow(params) };
    case "tool_call":
      return { kind, tool: String(params.tool) };
    case "permissions":
    case "user_input":
    case "other":
      return { kind };
  }
}

/**
 * The MCP tool an elicitation asks to allow. Undefined where it asks for anything beside a yes: a
 * server can put what it likes into what it asks itself.
 */
export function toolToAllow({ _meta, mode, requestedSchema }: Params): string | undefined {
  if (!isFields(_meta) || _meta.codex_approval_kind !== "mcp_tool_call") return undefined;
  const fields = isFields(requestedSchema) ? requestedSchema.properties : undefined;
  const asksNothing =
    fields === undefined || (isFields(fields) && Object.keys(fields).length === 0);
  if (mode !== "form" || !asksNothing) return undefined;
  return typeof _meta.tool_name === "string" ? _meta.tool_name : undefined;
}

// What is asked beside running the command, or of one that runs already, no rule on commands sees.
function wordsOf(params: Params): string[] | undefined {
  const { command, kind, networkApprovalContext, additionalPermissions } = params;
  if ((kind ?? "command") !== "command") return undefined;
  if ((networkApprovalContext ?? additionalPermissions ?? null) !== null) return undefined;
  if (typeof command === "string") return toSimpleCommand(command);
  if (!Array.isArray(command) || !command.every((word) => typeof word === "string")) {
    return undefined;
  }
  return toSimpleCommand(command);
}

function filesOf({ paths }: AskedRequest, { grantRoot }: Params): string[] | undefined {
  if (paths === null) return undefined;
  const all = typeof grantRoot === "string" ? [...paths, grantRoot] : paths;
  const real = all.map(toRealPath);
  return real.includes(undefined) ? undefined : (real as string[]);
}
