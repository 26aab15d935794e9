/** What a run receives, in order: events, what is told in its place among them, and how far it has come. */
import type { Position } from "@signalbox/contract";
import type { ConnectionEvent } from "./connection-event.ts";
import type { ArrivedEvent } from "./order/event-order.ts";

/** One of them. `position`: with everything before it handled too, the run has come up to here. */
export type SourceItem =
  | ({ readonly kind: "event" } & ArrivedEvent)
  | {
      readonly kind: "notice";
      readonly notice: ConnectionEvent & { readonly type: "gap" | "caught_up" };
      readonly position: Position;
    }
  /** What came between did not concern the run. */
  | { readonly kind: "mark"; readonly position: Position };
