/**
 * From app-server into the journal: what waits in the runtime is turned into events and stored as one
 * batch, and only then is more taken. While nothing can be stored nothing is taken either, so
 * app-server is made to wait, and nothing is lost.
 */
import type { Answer } from "@signalbox/app-server";
import type { HubEventPayload } from "@signalbox/contract";
import { threadIdOf } from "@signalbox/protocol";
import type { Dispatch } from "../dispatch/create-dispatch.ts";
import { type NewEvent, toNewEvent } from "../journal/event.ts";
import type { EventLog } from "../journal/event-log.ts";
import type { Log } from "../log.ts";
import type { Requests } from "../requests/requests.ts";
import { toOpenedEvent } from "../requests/resolution.ts";
import type { Roster } from "../sessions/roster.ts";
import type { Heard, Runtime } from "./runtime.ts";
import { toNotificationEvent, toRequestEvent } from "./signal.ts";

/** What the events pass through. */
export interface IngestParts {
  readonly events: EventLog;
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly requests: Requests;
  readonly dispatch: Pick<Dispatch, "withFacts">;
  readonly log: Log;
}

/** What a thread is answered that was deleted. */
const ofDeleted: Answer = { error: { code: -32600, message: "This thread was deleted." } };
/** Events of one batch, at most. */
const batchSize = 512;

/** Takes what the runtime brings until it is closed. Aborting gives up on a batch that can't be stored. */
export async function ingest(parts: IngestParts, signal: AbortSignal): Promise<void> {
  const { log } = parts;
  for (;;) {
    const batch = await parts.runtime.take(batchSize);
    if (batch === undefined) return;
    const events: NewEvent[] = [];
    const followUps: (() => void)[] = [];
    // Once for each message, since this also opens and ends the questions they bring: after a failure
    // it goes on with the one that failed.
    let next = 0;
    const toAllEvents = () => {
      for (; next < batch.length; next += 1) {
        events.push(...toEvents(batch[next]!, parts, followUps));
      }
    };
    await parts.events.untilStored(toAllEvents, { signal, log });
    const withFacts = () => parts.dispatch.withFacts(parts.roster.withFacts(events));
    await parts.events.untilStored(() => parts.events.append(withFacts), { signal, log });
    for (const followUp of followUps) followUp();
  }
}

/** The events of one thing heard. What must happen once they are stored is added to `followUps`. */
function toEvents(heard: Heard, parts: IngestParts, followUps: (() => void)[]): NewEvent[] {
  const at = Date.now();
  const { runtime, roster, requests } = parts;
  switch (heard.type) {
    case "notification": {
      roster.observe(heard.message);
      const event = toNotificationEvent(heard.message, at, roster);
      return [
        event,
        ...requests.withdrawals.observe(runtime.processOf(heard.generation), heard.message, at),
      ];
    }
    case "request": {
      const threadId = threadIdOf(heard.message);
      // Who else follows it answers it.
      if (threadId !== undefined && roster.isLetGo(threadId)) return [];
      if (threadId !== undefined && roster.isDeleted(threadId)) {
        const process = runtime.processOf(heard.generation);
        runtime.respond({ process, id: heard.message.id, threadId }, ofDeleted);
        return [];
      }
      const opened = requests.open(runtime.processOf(heard.generation), heard.message, at);
      // Asked again under the same id, and known already.
      if (opened === undefined) return [];
      followUps.push(opened.announced);
      return [toRequestEvent(heard.message, opened.requestId, at, roster), opened.event];
    }
    case "deltas_lost": {
      const { threadId, turnId } = heard;
      const payload: HubEventPayload<"runtime.deltas_lost"> = { threadId, turnId };
      return [toNewEvent("runtime.deltas_lost", threadId, payload, at)];
    }
    case "joined": {
      const { opened, activeTurnId } = heard;
      const threadId = opened.thread.id;
      if (activeTurnId !== undefined) {
        roster.observe({
          method: "turn/started",
          params: { threadId, turn: { id: activeTurnId } },
        });
      }
      return roster.attach(opened, at);
    }
    case "found": {
      runtime.notes.started(heard.info);
      const { version = "unknown", pid = null } = heard.info;
      const payload: HubEventPayload<"runtime.found"> = {
        generation: heard.generation,
        version,
        pid,
      };
      return [
        toNewEvent("runtime.found", null, payload, at),
        ...resumeRequests(heard.generation, at, parts, followUps),
      ];
    }
    case "runtime":
      return toRuntimeEvents(heard, at, parts, followUps);
  }
}

function toRuntimeEvents(
  heard: Extract<Heard, { type: "runtime" }>,
  at: number,
  parts: IngestParts,
  followUps: (() => void)[],
): NewEvent[] {
  const { runtime, roster, requests } = parts;
  const { generation } = heard;
  switch (heard.state) {
    case "started": {
      runtime.notes.started(heard.info);
      const payload: HubEventPayload<"runtime.started"> = {
        generation,
        version: heard.info.version ?? "unknown",
        pid: heard.info.pid ?? null,
      };
      return [
        toNewEvent("runtime.started", null, payload, at),
        ...resumeRequests(generation, at, parts, followUps),
      ];
    }
    case "exited": {
      const { code, message, details } = heard.error;
      runtime.notes.exited({
        code: typeof details.exitCode === "number" ? details.exitCode : null,
        signal: typeof details.signal === "string" ? details.signal : null,
        at: new Date(at).toISOString(),
        message,
      });
      roster.forgetLoaded();
      const payload: HubEventPayload<"runtime.exited"> = { generation, code, message };
      return [
        toNewEvent("runtime.exited", null, payload, at),
        ...requests.withdrawals.expireProcess(runtime.processOf(generation), at),
      ];
    }
    case "restarting": {
      const { attempt, delay } = heard;
      const payload: HubEventPayload<"runtime.restarting"> = { generation, attempt, delay };
      return [toNewEvent("runtime.restarting", null, payload, at)];
    }
  }
}

/** What an earlier hub's questions come to, now that it is known which process is there. */
function resumeRequests(
  generation: number,
  at: number,
  { runtime, roster, requests }: IngestParts,
  followUps: (() => void)[],
): readonly NewEvent[] {
  const process = runtime.processOf(generation);
  const { events, untold, announced } = requests.leftOpen.resume(process, at);
  followUps.push(announced);
  const told = untold.flatMap((row) => [
    toRequestEvent(row, row.id, row.openedAt, roster),
    toOpenedEvent(row, at),
  ]);
  return [...events, ...told];
}
