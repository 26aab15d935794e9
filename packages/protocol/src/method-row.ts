/**
 * The shape of a row in the method table. The rows themselves are generated; see
 * `generated/methods.ts`.
 */

/**
 * `experimental` methods are refused with code -32600 unless `initialize` asked for
 * `experimentalApi`. Stability is also per field and per variant, which the two generated trees
 * (`@signalbox/protocol/stable`, `/experimental`) show and this table does not.
 */
export type Stability = "stable" | "experimental";

/** Where an id stands in params or in a result. */
export interface IdPlace {
  readonly at:
    | "threadId"
    | "conversationId"
    | "reviewThreadId"
    | "thread.id"
    | "turnId"
    | "expectedTurnId"
    | "turn.id"
    | "itemId"
    | "callId"
    | "item.id";
  /** True when the id may be null or absent. */
  readonly optional: boolean;
}

/** What every row says. */
export interface MethodRow {
  readonly stability: Stability;
  /** The method's dotted name, without the `app_server.` prefix. */
  readonly normalized: string;
  /** The name of the params type, null for methods without params. */
  readonly params: string | null;
}

export interface ClientRequestRow extends MethodRow {
  /** The name of the result type. */
  readonly result: string;
  /** True when the request changes nothing and may be sent again after a lost answer. */
  readonly pureRead: boolean;
  /** The thread the request is about, in its params. */
  readonly threadId: IdPlace | null;
  /** The turn the request is about, in its params. */
  readonly turnId: IdPlace | null;
  /** The thread the answer speaks of: the new one for `thread/start`, `thread/fork`. */
  readonly resultThreadId: IdPlace | null;
  /** The turn the answer speaks of: the new one for `turn/start`, `review/start`. */
  readonly resultTurnId: IdPlace | null;
}

export type ClientNotificationRow = MethodRow;

export interface ServerNotificationRow extends MethodRow {
  readonly threadId: IdPlace | null;
  readonly turnId: IdPlace | null;
  readonly itemId: IdPlace | null;
}

export interface ServerRequestRow extends MethodRow {
  /** The name of the type that the client answers with. */
  readonly answer: string;
  readonly threadId: IdPlace | null;
  readonly turnId: IdPlace | null;
  readonly itemId: IdPlace | null;
}

/** Params of a method that has none. On the wire they are sent as `{}`. */
export type NoParams = Record<string, never> | undefined;
