/** What a program can learn about the stream itself, apart from the events on it. */

/** Why a connection ended. `backpressure`: the SDK let go of it until handlers had caught up. */
export type DisconnectReason =
  | "closed"
  | "unreachable"
  | "refused"
  | "silent"
  | "connect_timeout"
  | "backpressure";

/** Told apart by `type`. `threadId` is that of the run; null for every thread. */
export type ConnectionEvent =
  | {
      readonly type: "connected";
      readonly threadId: string | null;
      /** Cursor that events follow after. */
      readonly from: string;
      /** How often this run had connected before. */
      readonly reconnects: number;
    }
  | {
      readonly type: "disconnected";
      readonly threadId: string | null;
      readonly reason: DisconnectReason;
      /** WebSocket close code, where the other side gave one. */
      readonly closeCode: number | null;
      /** What is known about the cause. */
      readonly error: unknown;
      /** Milliseconds until the next attempt. Null after `backpressure`: once handlers caught up. */
      readonly retryIn: number | null;
    }
  | {
      /** This reader is slow: the hub feeds it from the journal. Nothing is lost. */
      readonly type: "lagging";
      readonly threadId: string | null;
      readonly seq: number;
      readonly head: number;
    }
  | {
      /** Replay is done; what follows is live. Comes in its place among the events. */
      readonly type: "caught_up";
      readonly threadId: string | null;
      readonly seq: number;
    }
  | {
      /**
       * Events after `from` up to `to` can't be had. Comes in its place among the events, and the
       * next event waits for its handlers: the moment to take a snapshot.
       */
      readonly type: "gap";
      readonly threadId: string | null;
      readonly reason: "epoch_changed" | "retention";
      readonly from: string;
      readonly to: string;
    }
  | {
      /** A frame of a form this version does not know was skipped. */
      readonly type: "unreadable";
      readonly threadId: string | null;
      readonly error: unknown;
    };

/** Told of connection events. Isolated like any handler, within the handler deadline. */
export type ConnectionListener = (event: ConnectionEvent) => unknown;
