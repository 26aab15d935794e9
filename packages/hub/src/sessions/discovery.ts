/** Finds codex's threads, those the hub keeps and those it does not, and takes none in. */
import {
  type FoundThread,
  maxPreviewLength,
  type OperationInput,
  type OperationOutput,
} from "@signalbox/contract";
import type { Thread, ThreadSourceKind } from "@signalbox/protocol";
import type { Runtime } from "../runtime/runtime.ts";
import type { Roster } from "./roster.ts";
import { fromThread } from "./summary.ts";

/** Threads people or programs began; those an agent begins for a part of its work are left out. */
const sourceKinds: ThreadSourceKind[] = ["cli", "vscode", "exec", "appServer", "unknown"];

/** Finds threads. All reject as `Runtime.request` does. */
export class Discovery {
  readonly #runtime: Runtime;
  readonly #roster: Roster;

  constructor(runtime: Runtime, roster: Roster) {
    this.#runtime = runtime;
    this.#roster = roster;
  }

  async discover(
    { archived = false, cursor, limit }: OperationInput<"sessions.discover">,
    signal: AbortSignal,
  ): Promise<OperationOutput<"sessions.discover">> {
    const { data, nextCursor } = await this.#runtime.request(
      "thread/list",
      {
        archived,
        cursor: cursor ?? null,
        limit,
        sourceKinds,
        // None named is all of them; else only the configured one's.
        modelProviders: [],
        sortKey: "updated_at",
        // What codex has noted, without reading every thread's file.
        useStateDbOnly: true,
      },
      { signal },
    );
    return { data: data.flatMap((thread) => this.#found(thread)), nextCursor };
  }

  async search(
    { query, archived = false, cursor, limit }: OperationInput<"sessions.search">,
    signal: AbortSignal,
  ): Promise<OperationOutput<"sessions.search">> {
    const { data, nextCursor } = await this.#runtime.request(
      "thread/search",
      {
        searchTerm: query,
        archived,
        cursor: cursor ?? null,
        limit,
        sourceKinds,
        sortKey: "updated_at",
      },
      { signal },
    );
    return {
      data: data.flatMap(({ thread, snippet }) =>
        this.#found(thread).map((found) => ({ ...found, snippet: onOneLine(snippet) })),
      ),
      nextCursor,
    };
  }

  /** The thread as it is shown: not at all when the hub runs it for itself. */
  #found(thread: Thread): FoundThread[] {
    const { id, status, cwd, source, modelProvider, preview } = fromThread(thread);
    const row = this.#roster.sessionOf(id);
    if (row?.systemOwned === true) return [];
    return [
      {
        threadId: id,
        kept: row !== undefined,
        handle: row?.handle ?? null,
        authority: row?.authority ?? null,
        name: thread.name,
        preview: shortened(onOneLine(preview)),
        status,
        cwd,
        source,
        modelProvider,
        createdAt: thread.createdAt,
        updatedAt: thread.updatedAt,
      },
    ];
  }
}

function onOneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

/** At most so many characters, with an ellipsis as the last one where some are missing. */
function shortened(text: string): string {
  const characters = [...text];
  if (characters.length <= maxPreviewLength) return text;
  return `${characters.slice(0, maxPreviewLength - 1).join("")}…`;
}
