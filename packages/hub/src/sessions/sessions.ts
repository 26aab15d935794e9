/** Sessions: how they begin, and reading them. */
import type { Operations, OutputOf, ParsedInputOf } from "@signalbox/contract";
import type { Log } from "../log.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Transcript } from "../transcript/transcript.ts";
import { type Controls, toControls, toSandboxPolicy } from "./controls.ts";
import { type OpenedThread, toNewSession } from "./new-session.ts";
import type { Roster } from "./roster.ts";
import { newTitle } from "./summary.ts";
import { readWhole, toKeptTurns, toKnownThread } from "./threads.ts";
import { toToolCatalog } from "./tool-catalog.ts";
import { toSpec } from "./tools.ts";

/** What sessions need of the hub. */
export interface SessionsParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly transcript: Transcript;
  readonly log: Log;
}

type Create = Operations["sessions.create"];
type List = Operations["sessions.list"];
type Get = Operations["sessions.get"];
type ToolsGet = Operations["sessions.tools.get"];

/** Begins and reads sessions. */
export class Sessions {
  readonly #parts: SessionsParts;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  async create(input: ParsedInputOf<Create>): Promise<OutputOf<Create>> {
    const { opened, controls } = await this.#start(input);
    const { thread } = opened;
    const { dynamicTools: tools = [], systemOwned = false } = input;
    const row = toNewSession(opened, { title: newTitle, controls, tools, systemOwned });
    const session = await this.#parts.roster.add(row);
    await this.#setName(thread.id, newTitle);
    return { session, thread: { ...thread, name: newTitle } };
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

  async #start(
    input: ParsedInputOf<Create>,
  ): Promise<{ opened: OpenedThread; controls: Controls }> {
    const { runtime } = this.#parts;
    const opened = await runtime.request("thread/start", {
      cwd: input.cwd ?? null,
      model: input.model ?? null,
      approvalPolicy: input.approvalPolicy ?? null,
      sandbox: input.filesystemSandbox ?? null,
      dynamicTools: (input.dynamicTools ?? []).map(toSpec),
    });
    const controls = toControls(opened, {});
    const { networkAccess } = input;
    if (networkAccess === undefined || networkAccess === controls.networkAccess) {
      return { opened, controls };
    }
    // A start can't say it.
    const sandboxPolicy = toSandboxPolicy({ networkAccess }, controls)!;
    await runtime.request("thread/settings/update", { threadId: opened.thread.id, sandboxPolicy });
    return { opened, controls: toControls({ ...opened, sandbox: sandboxPolicy }, {}) };
  }

  async #setName(threadId: string, name: string): Promise<void> {
    try {
      await this.#parts.runtime.request("thread/name/set", { threadId, name });
    } catch (error) {
      // The hub's own title is kept all the same.
      this.#parts.log.warn({ err: error, threadId }, "Codex did not take a session's title");
    }
  }
}
