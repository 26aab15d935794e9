/** Which tools are offered: all, those of some topics, or those that only look. */
import { type McpTool, operations, SignalboxError, toolsOf } from "@signalbox/contract";

/** The wish. */
export interface ToolChoice {
  /** Names of topics; default all. */
  readonly topics?: readonly string[] | undefined;
  readonly readOnly?: boolean | undefined;
}

/** The tools wished for. Throws `invalid_request` for a topic there is not, naming those there are. */
export function chooseTools({ topics, readOnly = false }: ToolChoice): readonly McpTool[] {
  const all = toolsOf(operations);
  const known = [...new Set(all.map(({ topic }) => topic))];
  const unknown = topics?.find((topic) => !known.includes(topic));
  if (unknown !== undefined) {
    throw new SignalboxError(
      "invalid_request",
      `There are no tools about ${JSON.stringify(unknown)}. Known: ${known.join(", ")}.`,
      { details: { known } },
    );
  }
  return all.filter(
    ({ topic, intent }) =>
      (topics === undefined || topics.includes(topic)) && (!readOnly || intent === "read"),
  );
}
