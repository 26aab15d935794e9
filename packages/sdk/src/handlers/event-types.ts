/** What a handler gets for a type it names: known names type their payload, others give `unknown`. */
import type {
  HubEventName,
  HubEventPayload,
  NotificationSignal,
  RequestSignal,
  StreamEvent,
  ViewName,
  ViewPayload,
} from "@signalbox/contract";
import type {
  NotificationMethodOf,
  NotificationName,
  NotificationParams,
  RequestMethodOf,
  RequestName,
  RequestParams,
} from "@signalbox/protocol";

/** Offers the known names while any other text is taken too. */
export type OrAny<Known extends string> = Known | (string & {});

/** The signal of a notification's name, such as `item.started`. */
export type NotificationSignalOf<Name extends string> = string extends Name
  ? NotificationSignal
  : [NotificationMethodOf<Name>] extends [never]
    ? NotificationSignal
    : NotificationSignal<
        NotificationMethodOf<Name>,
        NotificationParams<NotificationMethodOf<Name>>
      >;

/** The signal of a request's name, such as `item.tool.call`. */
export type RequestSignalOf<Name extends string> = string extends Name
  ? RequestSignal
  : [RequestMethodOf<Name>] extends [never]
    ? RequestSignal
    : RequestSignal<RequestMethodOf<Name>, RequestParams<RequestMethodOf<Name>>>;

/** Every event type this version knows. */
export type KnownEventType =
  | HubEventName
  | ViewName
  | `app_server.${NotificationName}`
  | `app_server.request.${RequestName}`;

/** The payload of an event type. */
export type PayloadOf<Type extends string> = string extends Type
  ? unknown
  : Type extends HubEventName
    ? HubEventPayload<Type>
    : Type extends ViewName
      ? ViewPayload<Type>
      : Type extends `app_server.request.${infer Name extends RequestName}`
        ? RequestSignalOf<Name>
        : Type extends `app_server.${infer Name extends NotificationName}`
          ? NotificationSignalOf<Name>
          : unknown;

/** The event of a type. */
export type EventOf<Type extends string> = StreamEvent<Type, PayloadOf<Type>>;
