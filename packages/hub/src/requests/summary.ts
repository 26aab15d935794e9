/** One line on a question, for a person. */

const longest = 200;

/** The line. Never empty, 200 characters at most; works for params of any shape. */
export function summaryOf(method: string, params: unknown): string {
  const fields = (typeof params === "object" && params !== null ? params : {}) as Fields;
  const line = lineOf(method, fields).replace(/\s+/g, " ").trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

interface Fields {
  readonly [name: string]: unknown;
}

function lineOf(method: string, fields: Fields): string {
  switch (method) {
    case "item/commandExecution/requestApproval":
    case "execCommandApproval":
      return withReason(`Run ${commandIn(fields)}`, fields);
    case "item/fileChange/requestApproval":
    case "applyPatchApproval":
      return withReason(
        textIn(fields, "grantRoot", (root) => `Change files under ${root}`, "Change files"),
        fields,
      );
    case "item/permissions/requestApproval":
      return withReason("Grant permissions", fields);
    case "item/tool/requestUserInput":
      return firstQuestion(fields) ?? "Answer questions";
    case "mcpServer/elicitation/request":
      return textIn(fields, "message", (message) => message, "Answer an MCP server");
    case "item/tool/call":
      return textIn(fields, "tool", (tool) => `Call ${tool}`, "Call a tool");
    default:
      return `Answer ${method === "" ? "an unnamed request" : method}`;
  }
}

function commandIn({ command }: Fields): string {
  if (typeof command === "string" && command !== "") return command;
  return Array.isArray(command) && command.length > 0 ? command.join(" ") : "a command";
}

function withReason(line: string, fields: Fields): string {
  return textIn(fields, "reason", (reason) => `${line}: ${reason}`, line);
}

function firstQuestion({ questions }: Fields): string | undefined {
  const first: unknown = Array.isArray(questions) ? questions[0] : undefined;
  if (typeof first !== "object" || first === null || !("question" in first)) return undefined;
  return typeof first.question === "string" && first.question !== "" ? first.question : undefined;
}

function textIn(
  fields: Fields,
  name: string,
  found: (text: string) => string,
  absent: string,
): string {
  const value = fields[name];
  return typeof value === "string" && value.trim() !== "" ? found(value) : absent;
}
