/** Sessions: how they begin, and reading them. */
import type { Operations, OutputOf, ParsedInputOf } from "@signalbox/contract";
import type { AskForApproval } from "@signalbox/protocol";
import type { Log } from "../log.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Transcript } from "../transcript/transcript.ts";
import { type Controls, toControls, toSandboxPolicy } from "./controls.ts";
import type { LoadedThreads, Opened } from "./loaded-threads.ts";
import { toNewSession } from "./new-session.ts";
import { type Roster, systemThreadSource } from "./roster.ts";
import type { SessionDefaults } from "./session-defaults.ts";
import { newTitle } from "./summary.ts";
import { sandboxWords } from "./thread-settings.ts";
import { readWhole, toKeptTurns, toKnownThread } from "./threads.ts";
import { toToolCatalog } from "./tool-catalog.ts";
import { toSpec } from "./tools.ts";

/** What sessions need of the hub. */
export interface SessionsParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly loaded: LoadedThreads;
  readonly transcript: Transcript;
  readonly defaults: SessionDefaults;
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
    const { roster, loaded } = this.#parts;
    const opened = await this.#start(input);
    const { dynamicTools: tools = [], systemOwned = false } = input;
    const defaults = this.#parts.defaults.get();
    const networkAccess = input.networkAccess ?? defaults.networkAccess;
    const controls = toControls(opened, defaults.settings);
    const row = toNewSession(opened, {
      title: newTitle,
      // A start can't say it.
      controls: networkAccess === null ? controls : withNetwork(controls, networkAccess),
      tools,
      systemOwned,
    });
    await loaded.settle(row, opened);
    const session = await roster.add(row);
    await this.#setName(row.id, newTitle);
    return { session, thread: { ...opened.thread, name: newTitle } };
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

  #start(input: ParsedInputOf<Create>): Promise<Opened> {
    const defaults = this.#parts.defaults.get();
    return this.#parts.runtime.request("thread/start", {
      cwd: input.cwd ?? null,
      model: input.model ?? defaults.model,
      approvalPolicy: input.approvalPolicy ?? (defaults.approvalPolicy as AskForApproval | null),
      sandbox: input.filesystemSandbox ?? defaults.filesystemSandbox,
      threadSource: input.systemOwned === true ? systemThreadSource : null,
      dynamicTools: (input.dynamicTools ?? []).map(toSpec),
    });
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

/** The settings with this much network, as far as the sandbox can say it. */
function withNetwork(
  controls: Controls,
  networkAccess: NonNullable<Controls["networkAccess"]>,
): Controls {
  const sandbox = toSandboxPolicy({ networkAccess }, controls)!;
  return { ...controls, ...sandboxWords(sandbox) };
}
