/** Starts a turn with the settings of its session, and with what the message overrides for it. */
import type { OperationInput } from "@signalbox/contract";
import type { SandboxPolicy } from "@signalbox/protocol";
import type { Log } from "../log.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type LoadedThreads, startDeadline } from "./loaded-threads.ts";
import type { SessionRow } from "./session-row.ts";
import type { Standings } from "./standings.ts";
import {
  afterPatch,
  inFull,
  isSameWanted,
  type Standing,
  toPatch,
  type Wanted,
  withOverrides,
} from "./thread-settings.ts";

type Message = OperationInput<"sessions.send_message">;

/** What starting turns needs. */
export interface TurnStarterParts {
  readonly runtime: Runtime;
  readonly loaded: LoadedThreads;
  readonly standings: Standings;
  readonly log: Log;
}

/** A turn that was started. */
export interface StartedTurn {
  readonly turnId: string;
  /** What it runs with. */
  readonly wanted: Wanted;
}

/** Starts turns. */
export class TurnStarter {
  readonly #parts: TurnStarterParts;

  constructor(parts: TurnStarterParts) {
    this.#parts = parts;
  }

  /**
   * Starts a turn. Codex makes what a turn overrides the default of its thread; unless it is to stick,
   * the session's own settings are put back at once, which a turn that runs does not feel.
   */
  async start(row: SessionRow, message: Message): Promise<StartedTurn> {
    const { standings, loaded } = this.#parts;
    const wanted = toMessageWanted(row, message);
    const isOfOneTurn = message.sticky !== true && !isSameWanted(wanted, row);
    if (isOfOneTurn) standings.override(row.id, wanted);
    try {
      const turnId = await loaded.use(row, () =>
        this.#start(row, message.text, wanted, isOfOneTurn),
      );
      return { turnId, wanted };
    } catch (error) {
      standings.abandon(row.id);
      throw error;
    }
  }

  async #start(
    row: SessionRow,
    text: string,
    wanted: Wanted,
    isOfOneTurn: boolean,
  ): Promise<string> {
    const { runtime, standings } = this.#parts;
    const before = standings.of(row.id);
    const patch = before === undefined ? inFull(wanted) : (toPatch(before, wanted) ?? {});
    const { turn } = await runtime.request(
      "turn/start",
      { threadId: row.id, input: [{ type: "text", text, text_elements: [] }], ...patch },
      { deadline: startDeadline },
    );
    const running = before === undefined ? undefined : afterPatch(before, patch);
    if (running !== undefined) standings.note(row.id, running);
    if (isOfOneTurn) await this.#putBack(row, running, before?.sandbox);
    return turn.id;
  }

  async #putBack(
    row: SessionRow,
    running: Standing | undefined,
    sandbox: SandboxPolicy | undefined,
  ): Promise<void> {
    const { runtime, standings, log } = this.#parts;
    const patch = running === undefined ? inFull(row) : toPatch(running, row, sandbox);
    if (patch === undefined) return;
    try {
      await runtime.request("thread/settings/update", { threadId: row.id, ...patch });
      if (running !== undefined) standings.note(row.id, afterPatch(running, patch));
    } catch (error) {
      // The next turn is told what differs, and a thread that is loaded again all of it.
      log.warn({ err: error, threadId: row.id }, "A turn's settings could not be put back");
    }
  }
}

/** What a message's turn is to run with. */
function toMessageWanted(row: SessionRow, message: Message): Wanted {
  return {
    controls: withOverrides(row.controls, message),
    effort: message.effort ?? row.effort,
  };
}
