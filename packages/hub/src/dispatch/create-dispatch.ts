/** Puts together what says things to sessions, and lets it follow what happens. */
import type { HubOptions } from "../hub-options.ts";
import type { HubState } from "../hub-state.ts";
import type { NewEvent, StoredEvent } from "../journal/event.ts";
import type { Log } from "../log.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { LoadedThreads } from "../sessions/loaded-threads.ts";
import type { Roster } from "../sessions/roster.ts";
import type { TurnStarter } from "../sessions/start-turn.ts";
import type { TurnTracker } from "../sessions/turn-tracker.ts";
import { Delivery } from "./messages/delivery.ts";
import { withMessageFacts } from "./messages/message-facts.ts";
import { MessageLog } from "./messages/message-log.ts";
import { MessageNews } from "./messages/message-news.ts";
import { Messages } from "./messages/messages.ts";
import { QueuePump } from "./messages/queue-pump.ts";
import { Reconciler } from "./messages/reconciler.ts";
import { Sender } from "./messages/sender.ts";

/** What it is put together on. */
export interface DispatchParts {
  readonly options: Pick<HubOptions, "interjectPatience">;
  readonly state: Pick<HubState, "messages" | "sessions" | "events" | "audit">;
  readonly runtime: Runtime;
  readonly roster: Roster;
  readonly turns: TurnTracker;
  readonly loaded: LoadedThreads;
  readonly starter: TurnStarter;
  readonly log: Log;
}

/** What says things to sessions. */
export interface Dispatch {
  readonly sender: Sender;
  readonly messages: Messages;
  /** A batch of what codex told, with what follows from it for messages. For `EventLog.append`. */
  withFacts(batch: readonly NewEvent[]): readonly NewEvent[];
  /** Follows what was stored. */
  follow(events: readonly StoredEvent[]): void;
  /** Hears that a session may be idle. */
  noteFree(sessionId: string): void;
  /** Begins to start what waits; codex is there. */
  open(): void;
  /** Those who cut in are not kept waiting any more: what is not started goes on waiting in its queue. */
  letGo(): void;
  /** Starts nothing any more. Idempotent. */
  stop(): void;
  /** Resolves when what was begun is done. */
  settled(): Promise<void>;
}

const defaultPatience = 30_000;

/** Puts it together. */
export function createDispatch(given: DispatchParts): Dispatch {
  const { options, state, ...parts } = given;
  const { messages: store, sessions, events, audit } = state;
  const log = new MessageLog({
    store,
    events,
    holdOf: (sessionId) => sessions.get(sessionId)?.queueHold ?? null,
  });
  const reconciler = new Reconciler({ ...parts, messages: log });
  const news = new MessageNews();
  const delivery = new Delivery({ ...parts, messages: log, news, reconciler });
  const pump = new QueuePump({ ...parts, messages: log, store, delivery, reconciler, audit });
  const patience = options.interjectPatience ?? defaultPatience;
  const sender = new Sender({ ...parts, messages: log, news, delivery, pump, patience });
  return {
    sender,
    messages: new Messages({ roster: parts.roster, store, messages: log, reconciler }),
    withFacts: (batch) => withMessageFacts(batch, log),
    follow(appended) {
      news.follow(appended);
      pump.follow(appended);
    },
    noteFree: (sessionId) => void pump.visit(sessionId),
    open: () => pump.open(),
    letGo: () => news.close(),
    stop: () => pump.stop(),
    async settled() {
      await pump.settled();
      await delivery.settled();
    },
  };
}
