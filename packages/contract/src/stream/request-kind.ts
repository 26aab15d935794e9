/** The kinds of questions Codex asks. */

/** What a question is about. `other` covers methods of a newer Codex. */
export const requestKinds = [
  "command_approval",
  "file_change_approval",
  "permissions",
  "user_input",
  "elicitation",
  "tool_call",
  "other",
] as const;

/** What a question is about. */
export type RequestKind = (typeof requestKinds)[number];
