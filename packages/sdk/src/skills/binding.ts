/** Whether the skills a program has fit the tools a session was created with. */
import { SignalboxError } from "@signalbox/contract";
import { isSameJson } from "../json-schema/json-value.ts";
import type { DynamicTool } from "./catalog.ts";

/** How two catalogs differ, by names. */
export interface CatalogDifference {
  /** Tools of the session that the program has no skill for. */
  readonly unbound: readonly string[];
  /** Skills of the program that the session does not know: its agent would never call them. */
  readonly unknown: readonly string[];
  /** In both, with another input schema: the agent would give other arguments than are expected. */
  readonly changed: readonly string[];
}

/** Compares by name and input schema. Descriptions may differ: the session keeps its own. */
export function compareCatalogs(
  session: readonly DynamicTool[],
  program: readonly DynamicTool[],
): CatalogDifference {
  const own = new Map(program.map((tool) => [tool.name, tool]));
  const known = new Set(session.map(({ name }) => name));
  const names = (tools: readonly DynamicTool[]) => tools.map(({ name }) => name).sort();
  return {
    unbound: names(session.filter(({ name }) => !own.has(name))),
    unknown: names(program.filter(({ name }) => !known.has(name))),
    changed: names(
      session.filter(({ name, inputSchema }) => {
        const skill = own.get(name);
        return skill !== undefined && !isSameJson(skill.inputSchema, inputSchema);
      }),
    ),
  };
}

/** Throws `catalog_mismatch` when they differ; a partial program may leave tools to others. */
export function refuseDifference(
  sessionId: string,
  difference: CatalogDifference,
  isPartial: boolean,
): void {
  const { unbound, unknown, changed } = difference;
  const wrong = [
    describe(
      isPartial ? [] : unbound,
      "has no skill here (leave it to another process by partial)",
    ),
    describe(unknown, "is no tool of the session"),
    describe(changed, "has another input schema in the session"),
  ].filter((line) => line !== undefined);
  if (wrong.length === 0) return;
  throw new SignalboxError(
    "catalog_mismatch",
    `The skills do not fit session ${sessionId}, whose tools are fixed: ${wrong.join("; ")}.`,
    { details: { sessionId, ...difference } },
  );
}

function describe(names: readonly string[], what: string): string | undefined {
  return names.length === 0 ? undefined : `${names.join(", ")} ${what}`;
}
