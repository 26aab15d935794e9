/** The operations on inboxes. */
import {
  type HubEventPayload,
  type OperationInput,
  type OperationOutput,
  SignalboxError,
} from "@signalbox/contract";
import { toNewEvent } from "../../journal/event.ts";
import type { EventLog } from "../../journal/event-log.ts";
import type { Roster } from "../../sessions/roster.ts";
import type { Selectors } from "../../sessions/selectors.ts";
import { toPage } from "../../store/page.ts";
import type { Clock } from "../triggers/clock.ts";
import type { NoticeStore } from "./notice-store.ts";

/** What the operations need of the hub. */
export interface NoticesParts {
  readonly notices: NoticeStore;
  readonly roster: Roster;
  readonly selectors: Selectors;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Notices that one event says were taken note of, at most. */
const batchSize = 1_000;

/** Reads inboxes, and takes note. */
export class Notices {
  readonly #parts: NoticesParts;

  constructor(parts: NoticesParts) {
    this.#parts = parts;
  }

  list(input: OperationInput<"inbox.list">): OperationOutput<"inbox.list"> {
    const { everyone, to, limit, ...where } = input;
    const whose = everyone ? undefined : this.#inboxOf(to);
    const read = this.#parts.notices.list({ ...where, to: whose, limit: limit + 1 });
    const { rows, nextCursor } = toPage(read, limit, ({ number }) => String(number));
    return { data: rows.map(({ notice }) => notice), nextCursor };
  }

  get({ noticeId }: OperationInput<"inbox.get">): OperationOutput<"inbox.get"> {
    const notice = this.#parts.notices.get(noticeId);
    if (notice !== undefined) return { notice };
    throw new SignalboxError(
      "notice_not_found",
      `There is no notice ${noticeId}, or it is kept no more.`,
      { details: { noticeId } },
    );
  }

  /** Of those who take note of the same at once one is told that it was pending. */
  async acknowledge(
    input: OperationInput<"inbox.acknowledge">,
  ): Promise<OperationOutput<"inbox.acknowledge">> {
    const { noticeId, actor } = input;
    const { notices, events, clock } = this.#parts;
    let acknowledged = 0;
    await events.append(() => {
      const to =
        noticeId === undefined ? this.#inboxOf(input.to) : this.get({ noticeId }).notice.to;
      const pending =
        noticeId === undefined
          ? notices.pending(to)
          : [noticeId].filter((id) => notices.get(id)?.state === "pending");
      acknowledged = pending.length;
      const batches = Array.from({ length: Math.ceil(pending.length / batchSize) }, (_, at) =>
        pending.slice(at * batchSize, (at + 1) * batchSize),
      );
      return batches.map((noticeIds) => {
        const payload: HubEventPayload<"inbox.acknowledged"> = {
          to,
          noticeIds,
          ...(actor === undefined ? {} : { actor }),
        };
        return toNewEvent("inbox.acknowledged", to, payload, clock.now());
      });
    });
    return { status: "ok", acknowledged };
  }

  /** Throws `session_not_found` and `ambiguous_selector`. */
  #inboxOf(to: string | undefined): string | null {
    if (to === undefined) return null;
    const { selectors, roster } = this.#parts;
    const sessionId = selectors.resolve(to);
    if (!roster.isKept(sessionId)) throw roster.unknown(to);
    return sessionId;
  }
}
