/** What an item of a turn is, in a few words. */

/** Such as `running npm test`. */
export function describeItem(item: unknown): string {
  const { type, command, changes, tool, server, query } = item as Readonly<Record<string, unknown>>;
  switch (type) {
    case "agentMessage":
      return "writing";
    case "reasoning":
      return "thinking";
    case "plan":
      return "planning";
    case "userMessage":
      return "reading a message";
    case "commandExecution":
      return `running ${String(command)}`;
    case "fileChange":
      return `changing ${Array.isArray(changes) ? changes.length : "some"} files`;
    case "mcpToolCall":
      return `calling ${String(server)}/${String(tool)}`;
    case "dynamicToolCall":
      return `calling ${String(tool)}`;
    case "webSearch":
      return `searching for ${String(query)}`;
    case "contextCompaction":
      return "compacting";
    default:
      return String(type);
  }
}
