/** Starts a turn with the settings of its session, and with what the message overrides for it. */
import type { MessageOverrides } from "@signalbox/contract";
import type { SandboxPolicy, UserInput } from "@signalbox/protocol";
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

/** What is to be said, and what holds for the turn it starts. */
export interface Words {
  readonly text: string;
  readonly overrides: MessageOverrides;
  /** By which what was said is found again in its turn. */
  readonly messageId: string;
}

/** What starting turns needs. */
export interface TurnStarterParts {
  readonly runtime: Runtime;
  readonly loaded: LoadedThreads;
  readonly standings: Standings;
  readonly log: Log;
}

/** Starts turns. */
export class TurnStarter {
  readonly #parts: TurnStarterParts;

  constructor(parts: TurnStarterParts) {
    this.#parts = parts;
  }

  /**
   * Starts a turn; gives its id: as codex answers it or as `told` says, whichever is first. Codex makes what a turn overrides the default of its thread; unless it is to stick,
   * the session's own settings are put back at once, which a turn that runs does not feel.
   */
  async start(row: SessionRow, words: Words, told: Promise<string>): Promise<string> {
    const { standings, loaded } = this.#parts;
    const wanted = toWantedWith(row, words.overrides);
    const isOfOneTurn = words.overrides.sticky !== true && !isSameWanted(wanted, row);
    if (isOfOneTurn) standings.override(row.id, wanted);
    try {
      return await loaded.use(row, () => this.#start(row, words, told, wanted, isOfOneTurn));
    } catch (error) {
      standings.abandon(row.id);
      throw error;
    }
  }

  async #start(
    row: SessionRow,
    { text, messageId }: Words,
    told: Promise<string>,
    wanted: Wanted,
    isOfOneTurn: boolean,
  ): Promise<string> {
    const { runtime, standings } = this.#parts;
    const before = standings.of(row.id);
    const patch = before === undefined ? inFull(wanted) : (toPatch(before, wanted) ?? {});
    const asked = runtime.request(
      "turn/start",
      { threadId: row.id, clientUserMessageId: messageId, input: toInput(text), ...patch },
      { deadline: startDeadline },
    );
    const turnId = await Promise.race([asked.then(({ turn }) => turn.id), told]);
    const running = before === undefined ? undefined : afterPatch(before, patch);
    if (running !== undefined) standings.note(row.id, running);
    if (isOfOneTurn) await this.#putBack(row, running, before?.sandbox);
    return turnId;
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
export function toWantedWith(row: SessionRow, overrides: MessageOverrides): Wanted {
  return {
    controls: withOverrides(row.controls, overrides),
    effort: overrides.effort ?? row.effort,
  };
}

/** What is said, as codex takes it. */
export function toInput(text: string): UserInput[] {
  return [{ type: "text", text, text_elements: [] }];
}
