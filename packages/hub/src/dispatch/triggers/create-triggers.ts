/** Puts what acts by itself together: triggers and what fires them. */
import type { OperationInput, OperationOutput } from "@signalbox/contract";
import type { HubState } from "../../hub-state.ts";
import type { StoredEvent } from "../../journal/event.ts";
import type { Log } from "../../log.ts";
import type { Requests } from "../../requests/requests.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Roster } from "../../sessions/roster.ts";
import type { Selectors } from "../../sessions/selectors.ts";
import type { Dispatch } from "../create-dispatch.ts";
import { Notices } from "../inbox/notices.ts";
import { Subscriptions } from "../inbox/subscriptions.ts";
import { Teller } from "../inbox/teller.ts";
import { Acts } from "./acts.ts";
import { type Clock, systemClock } from "./clock.ts";
import { dryRun } from "./dry-run.ts";
import { MessageSender } from "./message-sender.ts";
import { removeOrphans } from "./orphans.ts";
import { Questions } from "./questions.ts";
import { Scheduler } from "./scheduler.ts";
import { Triggers } from "./triggers.ts";
import { Webhooks } from "./webhooks.ts";
import { Worker } from "./worker.ts";

/** What triggers need of the hub. */
export interface TriggeringParts {
  readonly state: HubState;
  readonly runtime: Pick<Runtime, "notReady">;
  readonly roster: Roster;
  readonly selectors: Selectors;
  readonly requests: Requests;
  readonly dispatch: Pick<Dispatch, "sender" | "settled">;
  readonly log: Log;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** Triggers, at work. */
export interface Triggering {
  readonly triggers: Triggers;
  readonly webhooks: Webhooks;
  readonly subscriptions: Subscriptions;
  readonly notices: Notices;
  test(input: OperationInput<"triggers.test">): OperationOutput<"triggers.test">;
  /** Begins to fire: settles what an earlier run left in doubt first. */
  start(): Promise<void>;
  /** Hears of events after they were stored. */
  noteAppended(events: readonly StoredEvent[]): void;
  /** Fires nothing more, and breaks off what acts: the next start settles it. Idempotent. */
  close(): Promise<void>;
}

/** Puts them together; nothing is fired before `start`. */
export function createTriggering(parts: TriggeringParts): Triggering {
  const { state, runtime, roster, selectors, requests, dispatch, log, clock = systemClock } = parts;
  const { database, events, triggers: store, firings, secrets, reactor } = state;
  const questions = new Questions(state.requests, requests);
  const sender = new MessageSender(dispatch, state.messages);
  const { transcripts, requests: asked, notices } = state;
  const teller = new Teller({ sender, roster, transcripts, requests: asked });
  const acts = new Acts({ sender, questions, secrets, teller });
  const isBusy = (sessionId: string) =>
    (roster.activeTurnOf(sessionId) ?? state.sessions.get(sessionId)?.activeTurnId ?? null) !==
    null;
  const shared = { triggers: store, secrets, firings, clock };
  const worker = new Worker({ ...shared, acts, events, questions, isBusy, runtime, log });
  const wake = () => worker.wake();
  const scheduler = new Scheduler({ ...shared, database, wake, log });
  const triggers = new Triggers({ ...shared, roster, selectors, events });
  const sweep = () =>
    removeOrphans({ ...shared, roster, events }).catch((err: unknown) =>
      log.error({ err }, "Triggers of deleted sessions are still there"),
    );
  return {
    triggers,
    subscriptions: new Subscriptions({ triggers, store, selectors, roster }),
    notices: new Notices({ notices, roster, selectors, events, clock }),
    webhooks: new Webhooks({ ...shared, database, wake }),
    test: (input) =>
      dryRun(input, {
        acts,
        firings,
        questions,
        clock,
        isBusy,
        find: (triggerId) => triggers.find(triggerId),
      }),
    async start() {
      secrets.sweep();
      await sweep();
      worker.start();
      scheduler.tick();
    },
    noteAppended(appended) {
      if (appended.some(({ type }) => type === "session.deleted")) void sweep();
      if (!reactor.takeStirred()) return;
      scheduler.tick();
      worker.wake();
    },
    close() {
      scheduler.close();
      return worker.close();
    },
  };
}
