/** Messages of app-server as events: one message, one event. */
import type { NotificationSignal, RequestSignal } from "@signalbox/contract";
import { threadIdOf, toEventName, toRequestEventName, turnIdOf } from "@signalbox/protocol";
import { type NewEvent, toNewEvent } from "../journal/event.ts";

/** What a signal says beyond the message itself. */
export interface SignalContext {
  /** The turn that runs on a thread, for messages that do not name theirs. */
  activeTurnOf(threadId: string): string | undefined;
  /** What the hub keeps of a thread; undefined when it keeps nothing. */
  sessionOf(
    threadId: string,
  ): { readonly title: string; readonly projectId: string | null } | undefined;
}

/** A message, known or not. */
export interface AppServerMessage {
  readonly method: string;
  readonly params?: unknown;
  /** True where the client made it up from what it read. */
  readonly recovered?: true | undefined;
}

/** The event of a notification. `at` is in epoch milliseconds. */
export function toNotificationEvent(
  message: AppServerMessage,
  at: number,
  context: SignalContext,
): NewEvent {
  const type = eventNames.of(message.method);
  const { threadId, fields } = describe(message, type, at, context);
  const signal: NotificationSignal = {
    source: "app_server",
    signalType: "notification",
    ...fields,
    ...(message.recovered === true ? { recovered: true } : {}),
  };
  return toNewEvent(type, threadId, signal, at);
}

/** The event of a server request, under the hub's id for it. */
export function toRequestEvent(
  message: AppServerMessage,
  requestId: string,
  at: number,
  context: SignalContext,
): NewEvent {
  const type = requestEventNames.of(message.method);
  const { threadId, fields } = describe(message, type, at, context);
  const signal: RequestSignal = {
    source: "app_server",
    signalType: "request",
    ...fields,
    requestId,
  };
  return toNewEvent(type, threadId, signal, at);
}

function describe(
  message: AppServerMessage,
  eventType: string,
  at: number,
  context: SignalContext,
) {
  const threadId = threadIdOf(message) ?? null;
  const activeTurn = threadId === null ? undefined : context.activeTurnOf(threadId);
  const session = threadId === null ? undefined : context.sessionOf(threadId);
  return {
    threadId,
    fields: {
      eventType,
      method: message.method,
      receivedAt: new Date(at).toISOString(),
      context: { threadId, turnId: turnIdOf(message) ?? activeTurn ?? null },
      params: message.params ?? null,
      session:
        threadId === null
          ? null
          : {
              id: threadId,
              title: session?.title || null,
              projectId: session?.projectId ?? null,
            },
    },
  };
}

/** Names made once for each method; a peer that invents methods can't fill the memory. */
class NameCache {
  readonly #make: (method: string) => string;
  readonly #names = new Map<string, string>();

  constructor(make: (method: string) => string) {
    this.#make = make;
  }

  of(method: string): string {
    let name = this.#names.get(method);
    if (name === undefined) {
      name = this.#make(method);
      if (this.#names.size < 1000) this.#names.set(method, name);
    }
    return name;
  }
}

const eventNames = new NameCache(toEventName);
const requestEventNames = new NameCache(toRequestEventName);
