/** How sessions begin. */
import type { OperationInput, OperationOutput } from "@signalbox/contract";
import type { AskForApproval } from "@signalbox/protocol";
import type { Log } from "../log.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { toControls } from "./controls.ts";
import type { Handles } from "./handles.ts";
import type { LoadedThreads, Opened } from "./loaded-threads.ts";
import { toNewSession } from "./new-session.ts";
import type { Section } from "./presets/config-file.ts";
import type { Presets, SessionPlan } from "./presets/presets.ts";
import { type Roster, systemThreadSource } from "./roster.ts";
import type { SessionDefaults } from "./session-defaults.ts";
import { withSession } from "./session-errors.ts";
import type { SessionRow } from "./session-row.ts";
import { withOverrides } from "./thread-settings.ts";
import { toSpec } from "./tools.ts";

/** What it needs of the hub. */
export interface SessionStartParts {
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly loaded: LoadedThreads;
  readonly handles: Handles;
  readonly defaults: SessionDefaults;
  readonly presets: Presets;
  /** Says something to a session, which starts a turn. */
  readonly say: (message: Message) => Promise<{ readonly turnId: string | null }>;
  readonly log: Log;
}

type Create = OperationInput<"sessions.create">;
type Message = OperationInput<"sessions.send">;

/** Begins sessions. */
export class SessionStart {
  readonly #parts: SessionStartParts;

  constructor(parts: SessionStartParts) {
    this.#parts = parts;
  }

  /**
   * Begins a session. Where only its first message fails it stays, and what is thrown has its id in the
   * details.
   */
  async create(input: Create): Promise<OperationOutput<"sessions.create">> {
    const { roster, handles, presets } = this.#parts;
    const { dynamicTools: _tools, systemOwned, text, ...wishes } = input;
    using _held = handles.hold(input.handle);
    // What the hub runs for itself is as the call says.
    const plan = presets.plan(wishes, systemOwned);
    const opened = await this.#start(plan.values, input);
    const row = await this.#settle(opened, plan, input);
    const session = await roster.add(row);
    await this.#setName(row.id, row.title);
    const thread = { ...opened.thread, name: row.title };
    if (text === undefined) return { session, thread, turnId: null };
    const turnId = await this.#say(row.id, text, systemOwned);
    return { session: roster.summaryOf(roster.find(row.id)), thread, turnId };
  }

  plan(input: OperationInput<"sessions.plan">): OperationOutput<"sessions.plan"> {
    using _free = this.#parts.handles.hold(input.handle);
    const { title, values, files, origins } = this.#parts.presets.plan(input);
    const fields = [...origins]
      .filter(([field]) => values[field] !== undefined)
      .map(([field, from]) => ({ field, value: values[field], from }));
    return { title, handle: input.handle ?? null, files: [...files], fields };
  }

  #start(values: Section, { dynamicTools = [], systemOwned }: Create): Promise<Opened> {
    return this.#parts.runtime.request("thread/start", {
      cwd: values.cwd ?? null,
      model: values.model ?? null,
      modelProvider: values.modelProvider ?? null,
      approvalPolicy: (values.approvalPolicy as AskForApproval | undefined) ?? null,
      approvalsReviewer: values.approvalsReviewer ?? null,
      sandbox: values.filesystemSandbox ?? null,
      serviceTier: values.serviceTier ?? null,
      baseInstructions: values.baseInstructions ?? null,
      developerInstructions: values.developerInstructions ?? null,
      ephemeral: values.ephemeral ?? null,
      threadSource: systemOwned === true ? systemThreadSource : null,
      dynamicTools: dynamicTools.map(toSpec),
    });
  }

  /** Gives the thread what a start can't say, and makes the session's row. */
  async #settle(
    opened: Opened,
    { title, values }: SessionPlan,
    { dynamicTools: tools = [], systemOwned = false, handle }: Create,
  ): Promise<SessionRow> {
    const { loaded, runtime, defaults } = this.#parts;
    const { networkAccess, effort, summary } = values;
    const controls = toControls(opened, defaults.get().settings);
    const row = toNewSession(opened, {
      title,
      ...(handle === undefined ? {} : { handle }),
      controls: withOverrides(controls, { networkAccess }),
      ...(effort === undefined ? {} : { effort }),
      tools,
      systemOwned,
    });
    await loaded.settle(row, opened);
    if (summary !== undefined) {
      await runtime.request("thread/settings/update", { threadId: row.id, summary });
    }
    return row;
  }

  async #say(
    sessionId: string,
    text: string,
    asSystem: boolean | undefined,
  ): Promise<string | null> {
    try {
      return (await this.#parts.say({ sessionId, text, mode: "start", asSystem })).turnId;
    } catch (error) {
      throw withSession(error, sessionId);
    }
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
