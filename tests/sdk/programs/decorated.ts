/**
 * Handlers as decorated methods: of two objects of one class, of its subclass, private and static
 * ones. Compiled and run by the tests; given what it hears as one line of JSON.
 */
import {
  type EventOf,
  type HandlerContext,
  type NotificationSignalOf,
  type RequestSignalOf,
  Signalbox,
  type StreamEvent,
} from "@signalbox/sdk";

const [url = "", token = ""] = process.argv.slice(2);
const box = new Signalbox({ url, token });
const heard: string[] = [];
const stop = new AbortController();

class Listener {
  static created = 0;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  @box.onEvent("session.created")
  onCreated(event: EventOf<"session.created">): void {
    heard.push(`${this.name} ${event.type}`);
  }

  @box.onAppServer("item.started")
  async onItem(
    signal: NotificationSignalOf<"item.started">,
    context: HandlerContext,
  ): Promise<void> {
    await Promise.resolve();
    heard.push(`${this.name} ${signal.method} ${context.cursor}`);
  }

  @box.onAppServerRequest("item.tool.call")
  // biome-ignore lint/correctness/noUnusedPrivateClassMembers: its decorator registers it
  #onCall(signal: RequestSignalOf<"item.tool.call">): void {
    heard.push(`${this.name} ${signal.requestId}`);
  }

  @box.onEventPrefix("session.")
  static onSession(_event: StreamEvent): void {
    // biome-ignore lint/complexity/noThisInStatic: shows what a static method is called on
    this.created += 1;
  }
}

class Louder extends Listener {
  @box.onTurn("completed")
  onEnd(signal: NotificationSignalOf<"turn.completed">): void {
    heard.push(`${this.name} ${signal.method}!`);
  }

  @box.onTurnStarted()
  onAnyItem(event: EventOf<"app_server.item.started">): void {
    heard.push(`${this.name} ${event.payload.method}!`);
  }
}

new Listener("one");
new Louder("two");
box.removeHandlers(new Listener("gone"));
box.onEvent("the.end", () => stop.abort());

await box.stream.runForever({ cursor: "e1:0", signal: stop.signal });
console.log(JSON.stringify({ heard, created: Listener.created }));
