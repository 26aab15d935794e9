/** What the compiler lets a decorator stand above. Compiled only: Node runs no decorators. */
import type { StreamEvent } from "@signalbox/contract";
import { expectTypeOf } from "vitest";
import { Signalbox } from "../signalbox.ts";
import type { HandlerDecorator } from "./decorator.ts";
import type { EventOf, NotificationSignalOf } from "./event-types.ts";

const box = new Signalbox({ url: "http://127.0.0.1:1", token: "t" });
const sync = new Signalbox({ url: "http://127.0.0.1:1", token: "t", handlers: "sync" });

expectTypeOf(box.onAppServer("item.started")).toEqualTypeOf<
  HandlerDecorator<NotificationSignalOf<"item.started">>
>();
expectTypeOf(box.onTurn("completed")).not.toBeAny();

/** A method may take what its name brings, something wider, or nothing. */
export class Right {
  @box.onEvent("session.created")
  onCreated(_event: EventOf<"session.created">): void {}

  @box.onEvent("session.created")
  async onAny(_event: StreamEvent): Promise<void> {}

  @box.onTurnStarted()
  onItem(): void {}

  @sync.onEvent("a")
  onA(): number {
    return 1;
  }
}

/** What does not compile. */
export class Wrong {
  // @ts-expect-error a notification is no event
  @box.onAppServer("item.started")
  onItem(_event: StreamEvent): void {}

  // @ts-expect-error a decorator is for methods
  @box.onEvent("session.created")
  field = 1;

  // @ts-expect-error an async method, where the client was made for sync ones
  @sync.onEvent("a")
  async onA(): Promise<void> {}
}
