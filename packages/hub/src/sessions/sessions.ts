/** Reading sessions. */
import type { Operations, OutputOf, ParsedInputOf } from "@signalbox/contract";
import type { Runtime } from "../runtime/runtime.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { Roster } from "./roster.ts";
import { readWhole, toKeptTurns, toKnownThread } from "./threads.ts";
import { toToolCatalog } from "./tool-catalog.ts";

/** What sessions need of the hub. */
export interface SessionsParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly transcript: Transcript;
}

type List = Operations["sessions.list"];
type Get = Operations["sessions.get"];
type ToolsGet = Operations["sessions.tools.get"];

/** Reads sessions. */
export class Sessions {
  readonly #parts: SessionsParts;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  list(input: ParsedInputOf<List>): OutputOf<List> {
    return { ...this.#parts.roster.list(input), archived: input.archived ?? false };
  }

  async get(sessionId: string, signal?: AbortSignal): Promise<OutputOf<Get>> {
    const row = this.#parts.roster.find(sessionId);
    const session = this.#parts.roster.summaryOf(row);
    const thread = await readWhole(this.#parts.runtime, sessionId, signal);
    const transcript = await this.#parts.transcript.read(sessionId, toKeptTurns(thread));
    return {
      session,
      thread: thread ?? toKnownThread(row),
      transcript,
      complete: thread !== undefined,
    };
  }

  /** The tools a session was created with. */
  tools(sessionId: string): OutputOf<ToolsGet> {
    return toToolCatalog(sessionId, this.#parts.roster.find(sessionId).tools);
  }
}
