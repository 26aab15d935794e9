/**
 * The forms of registering a handler. Each takes the handler as its last argument and returns an
 * idempotent removal, or, without a handler, is a decorator for a method.
 */
import type { StreamEvent } from "@signalbox/contract";
import type { NotificationName, RequestName } from "@signalbox/protocol";
import type { HandlerDecorator } from "./decorator.ts";
import type {
  EventOf,
  KnownEventType,
  NotificationSignalOf,
  OrAny,
  RequestSignalOf,
} from "./event-types.ts";
import type { Handler, HandlerMode } from "./handler-mode.ts";

/** For a name that decides what the handler gets. */
export interface OnEvent<Mode extends HandlerMode = "async"> {
  <const Type extends OrAny<KnownEventType>>(
    type: Type,
    handler: Handler<EventOf<Type>, Mode>,
  ): () => void;
  <const Type extends OrAny<KnownEventType>>(type: Type): HandlerDecorator<EventOf<Type>, Mode>;
}

/** For a prefix. */
export interface OnEventPrefix<Mode extends HandlerMode = "async"> {
  (prefix: string, handler: Handler<StreamEvent, Mode>): () => void;
  (prefix: string): HandlerDecorator<StreamEvent, Mode>;
}

/** For a notification's name. */
export interface OnAppServer<Mode extends HandlerMode = "async"> {
  <const Name extends OrAny<NotificationName>>(
    name: Name,
    handler: Handler<NotificationSignalOf<Name>, Mode>,
  ): () => void;
  <const Name extends OrAny<NotificationName>>(
    name: Name,
  ): HandlerDecorator<NotificationSignalOf<Name>, Mode>;
}

/** For a question's name. */
export interface OnAppServerRequest<Mode extends HandlerMode = "async"> {
  <const Name extends OrAny<RequestName>>(
    name: Name,
    handler: Handler<RequestSignalOf<Name>, Mode>,
  ): () => void;
  <const Name extends OrAny<RequestName>>(
    name: Name,
  ): HandlerDecorator<RequestSignalOf<Name>, Mode>;
}

/** For the event of the name `onTurnStarted` once had. */
export interface OnTurnStarted<Mode extends HandlerMode = "async"> {
  (handler: Handler<EventOf<"app_server.item.started">, Mode>): () => void;
  (): HandlerDecorator<EventOf<"app_server.item.started">, Mode>;
}

/** The two moments of a turn. */
export type TurnPhase = "started" | "completed";

/** For a moment of turns. */
export interface OnTurn<Mode extends HandlerMode = "async"> {
  <const Phase extends TurnPhase>(
    phase: Phase,
    handler: Handler<NotificationSignalOf<`turn.${Phase}`>, Mode>,
  ): () => void;
  <const Phase extends TurnPhase>(
    phase: Phase,
  ): HandlerDecorator<NotificationSignalOf<`turn.${Phase}`>, Mode>;
}
