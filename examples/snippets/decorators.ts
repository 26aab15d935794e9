/** Methods as handlers. */
import type { EventOf, NotificationSignalOf } from "@signalbox/sdk";
import { Signalbox } from "@signalbox/sdk/node";

await using box = Signalbox.fromEnv();

// #region decorators
class Watcher {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  @box.onEvent("session.updated")
  onUpdated(event: EventOf<"session.updated">) {
    console.log(this.name, event.payload.changed);
  }

  @box.onTurn("completed")
  async onEnd(signal: NotificationSignalOf<"turn.completed">) {
    console.log(this.name, signal.params.turn.status);
  }
}

const watcher = new Watcher("watcher");
// #endregion decorators

const { session } = await box.sessions.create({});
const { sessionId } = session;
const stop = new AbortController();
const { journal } = await box.system.health();
const cursor = `${journal.epoch}:${journal.head}`;
box.onTurn("completed", () => stop.abort());
const running = box.stream.runForever({ cursor, signal: stop.signal });
await box.sessions.rename({ sessionId, title: "Watched" });
await box.sessions.sendMessage({ sessionId, text: "Say hello." });
await running;

// #region remove-object
box.removeHandlers(watcher);
// #endregion remove-object
