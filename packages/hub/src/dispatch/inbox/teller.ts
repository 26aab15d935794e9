/** Tells what a firing is to tell: makes the notice, and says it in a session where that is wanted. */
import {
  isSignalboxError,
  type Notice,
  type ShownAction,
  type TriggerDefinition,
  toSignalboxError,
} from "@signalbox/contract";
import { toRecord } from "../../requests/record.ts";
import type { RequestStore } from "../../requests/request-store.ts";
import type { Roster } from "../../sessions/roster.ts";
import type { TranscriptStore } from "../../transcript/transcript-store.ts";
import type { EventView } from "../triggers/event-view.ts";
import type { FiringRow } from "../triggers/firing-row.ts";
import type { Sender } from "../triggers/sender.ts";
import { kindOf, messageText, noticeText, requestOf } from "./notice-text.ts";
import { questionText } from "./question-text.ts";

/** What telling needs of the hub. */
export interface TellerParts {
  readonly sender: Sender;
  readonly roster: Pick<Roster, "find" | "summaryOf">;
  readonly transcripts: Pick<TranscriptStore, "get" | "page">;
  readonly requests: Pick<RequestStore, "get">;
}

/** The firing that tells. */
export type Telling = Pick<FiringRow, "id" | "triggerId" | "cause"> & {
  readonly event: EventView;
  /** Under which it is said, where it is. */
  readonly messageId: string;
};

/** Entries of a turn that are looked through for its last reply. */
const lookedThrough = 200;

/** Makes notices. */
export class Teller {
  readonly #parts: TellerParts;

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  /** What there is to tell, which may be nothing. */
  textOf(sessionId: string, { cause, event }: Pick<Telling, "cause" | "event">): string {
    const { transcripts, requests } = this.#parts;
    return noticeText(cause, event, {
      lastReply: (turnId) => {
        const newest = transcripts.page(sessionId, { limit: lookedThrough, order: "newest" });
        const found = newest.find(
          ({ entry }) => entry.turnId === turnId && entry.role === "assistant",
        );
        return found?.entry.content;
      },
      item: (turnId, itemId) => {
        const entry = transcripts.get(sessionId, turnId, itemId)?.entry;
        return entry === undefined ? undefined : `${entry.role}: ${entry.content}`;
      },
      question: (requestId) => {
        const row = requests.get(requestId);
        return row === undefined ? undefined : questionText(toRecord(row));
      },
    });
  }

  /**
   * The notice, to be kept. A message is said under the id the firing has for it, so telling it again says
   * nothing twice; where it can't be said, or may not have been, the notice waits in the inbox.
   * Rejects with `session_deleted` or `session_not_found` where there is nobody to tell any more, or
   * nothing to tell of.
   */
  async tell(
    { name, sessionId }: Pick<TriggerDefinition, "name" | "sessionId">,
    { to, deliver }: Extract<ShownAction, { type: "notice" }>,
    firing: Telling,
    text: string,
    at: number,
  ): Promise<Notice> {
    const { roster } = this.#parts;
    const { id: firingId, triggerId, cause, event, messageId } = firing;
    if (to !== null) roster.find(to);
    const { handle, title } = roster.summaryOf(roster.find(sessionId));
    const turnId = "turnId" in cause ? cause.turnId : null;
    const notice: Notice = {
      noticeId: noticeIdOf(firingId),
      to,
      kind: kindOf(cause),
      about: { sessionId, handle, title, turnId, requestId: requestOf(cause, event) },
      text,
      state: "pending",
      messageId: null,
      undelivered: null,
      triggerId,
      firingId,
      at,
      acknowledgedAt: null,
    };
    if (to === null || deliver === "inbox") return notice;
    try {
      await this.#parts.sender.send({
        messageId,
        sessionId: to,
        mode: "queue",
        text: messageText(notice, name),
        actor: triggerId,
      });
      return { ...notice, messageId, state: "acknowledged", acknowledgedAt: at };
    } catch (error) {
      const { code, category, message } = toSignalboxError(error);
      const isMaybeSaid = category === "ambiguous";
      return {
        ...notice,
        messageId: isMaybeSaid ? messageId : null,
        undelivered: {
          code,
          message: isSignalboxError(error) ? message : "Something unforeseen happened.",
        },
      };
    }
  }
}

/** The notice of a firing. */
function noticeIdOf(firingId: string): string {
  return firingId.replace(/^fir_/, "ntc_");
}
