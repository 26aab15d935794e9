/**
 * A hub that does on demand what a real one only does on a bad day: it cuts sockets after so many
 * frames, sends events twice, falls silent, refuses, changes its epoch, loses what is old. It is a
 * process of its own, driven over its IPC channel; see `commands.ts`.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ClientFrame,
  createTypeMatcher,
  type EventPage,
  eventsPath,
  formatCursor,
  matchesThread,
  parseClientFrame,
  parseCursor,
  type ServerFrame,
  SignalboxError,
  type StreamEvent,
  toErrorBody,
  viewEvents,
} from "@signalbox/contract";
import { type WebSocket, WebSocketServer } from "ws";
import type { Command, Faults, Report } from "./commands.ts";

const token = "faulty";
const journal: StreamEvent[] = [];
const subscriptions: Report["subscriptions"] = [];
let faults: Faults = {};
let epoch = "e1";
let connections = 0;
let pings = 0;
const readers = new Set<Reader>();

const head = () => journal.at(-1)?.seq ?? 0;

/** One socket: a place in the journal that moves on as frames are written. */
class Reader {
  readonly #socket: WebSocket;
  #filter: ClientFrame & { type: "subscribe" } = { type: "subscribe" };
  /** What is to be written next, as an index of the journal. */
  #next = journal.length;
  #sent = 0;
  #isSubscribed = false;
  #held: (ClientFrame & { type: "subscribe" }) | undefined;

  constructor(socket: WebSocket, threadId: string | null) {
    this.#socket = socket;
    socket.on("message", (data) => this.#receive(parseClientFrame(String(data))));
    socket.on("close", () => readers.delete(this));
    socket.on("error", () => undefined);
    readers.add(this);
    this.#send({ type: "ready", threadId, protocol: 1, epoch, head: head() });
    if (faults.beforeSubscribed !== undefined)
      for (const event of faults.beforeSubscribed) this.#send(event);
  }

  flow(): void {
    if (!this.#isSubscribed || faults.isSilent) return;
    const matches = createTypeMatcher(this.#filter.types);
    for (; this.#next < journal.length; this.#next += 1) {
      if (faults.cutAfter !== undefined && this.#sent >= faults.cutAfter) {
        this.#socket.terminate();
        return;
      }
      const event = journal[this.#next]!;
      if (!matches(event.type) || !matchesThread(event, this.#filter.threadId ?? null)) continue;
      this.#sent += 1;
      this.#send(event);
      if (faults.isDoubling) this.#send(event);
    }
  }

  cut(code: number | undefined): void {
    if (code === undefined) this.#socket.terminate();
    else this.#socket.close(code);
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  #receive(frame: ClientFrame): void {
    if (faults.isSilent) return;
    switch (frame.type) {
      case "ping":
        pings += 1;
        this.#send({ type: "pong" });
        return;
      case "unsubscribe":
        return;
      case "subscribe":
        this.#subscribe(frame);
        return;
      default:
        frame satisfies never;
    }
  }

  #subscribe(frame: ClientFrame & { type: "subscribe" }): void {
    subscriptions.push(frame);
    if (faults.isHoldingSubscriptions) this.#held = frame;
    else this.#confirm(frame);
  }

  release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#confirm(held);
  }

  #confirm(frame: ClientFrame & { type: "subscribe" }): void {
    this.#filter = frame;
    let gap: (ServerFrame & { type: "gap" }) | undefined;
    let from = { epoch, seq: journal[this.#next - 1]?.seq ?? 0 };
    if (frame.after !== undefined) {
      try {
        from = parseCursor(frame.after);
      } catch (error) {
        const { code, message } = error as SignalboxError;
        this.#send({ type: "error", code, message });
        return;
      }
      const before = (faults.oldest ?? 1) - 1;
      if (from.epoch !== epoch || from.seq < before) {
        const reason = from.epoch === epoch ? "retention" : "epoch_changed";
        from = { epoch, seq: before };
        gap = { type: "gap", reason, from: frame.after, to: formatCursor(from) };
      }
      // The views of the cursor's own event come again.
      const index = journal.findIndex(
        ({ seq, type }) => seq > from.seq || (seq === from.seq && Object.hasOwn(viewEvents, type)),
      );
      this.#next = index === -1 ? journal.length : index;
    }
    this.#send({
      type: "subscribed",
      threadId: frame.threadId ?? null,
      types: frame.types ?? null,
      from: formatCursor(from),
    });
    if (gap !== undefined) this.#send(gap);
    this.#isSubscribed = true;
    this.flow();
    if (frame.after !== undefined && this.#socket.readyState === 1) {
      this.#send({ type: "caught_up", seq: head() });
    }
  }

  #send(frame: ServerFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }
}

const server = createServer((request, response) => {
  const refusal =
    faults.refuse ??
    (request.headers.authorization === `Bearer ${token}` ? undefined : "unauthorized");
  if (refusal !== undefined) {
    const error = new SignalboxError(refusal, `refused: ${refusal}`);
    response
      .writeHead(error.category === "auth" ? 401 : 503)
      .end(JSON.stringify(toErrorBody(error)));
    return;
  }
  const url = new URL(request.url ?? "/", "http://hub");
  if (url.pathname === eventsPath && faults.answers === undefined) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(pageOf(url.searchParams)));
    return;
  }
  const answer = faults.answers?.shift() ?? { status: 200, body: "{}" };
  const body: Buffer[] = [];
  request.on("data", (chunk: Buffer) => body.push(chunk));
  request.on("end", () => {
    requests.push({
      method: request.method ?? "",
      url: request.url ?? "",
      authorization: request.headers.authorization ?? null,
      headers: request.headers,
      body: Buffer.concat(body).toString(),
    });
    if (answer === "hang") return;
    if (answer === "drop") {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
});

/** A page of the journal, without the views of an event apart from it. */
function pageOf(query: URLSearchParams): EventPage {
  const after = parseCursor(query.get("after") ?? `${epoch}:0`).seq;
  const limit = Number(query.get("limit"));
  const matches = createTypeMatcher(query.get("types")?.split(","));
  const events = journal.filter(({ seq }) => seq > after && seq <= after + limit);
  const end = Math.min(after + limit, head());
  const data = events.filter(
    (event) => matches(event.type) && matchesThread(event, query.get("threadId")),
  );
  const cursor = formatCursor({ epoch, seq: end });
  return { data, next: end < head() ? cursor : null, cursor };
}

const requests: Report["requests"] = [];

const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "signalbox" });
server.on("upgrade", (request, socket, rest) => {
  if (faults.isHangingUpgrades) return;
  const protocols = String(request.headers["sec-websocket-protocol"] ?? "");
  if (faults.refuse !== undefined || !protocols.includes(`bearer.${token}`)) {
    socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
    return;
  }
  sockets.handleUpgrade(request, socket, rest, (webSocket) => {
    connections += 1;
    new Reader(webSocket, new URL(request.url ?? "/", "http://hub").searchParams.get("threadId"));
  });
});

function obey(command: Command): void {
  switch (command.do) {
    case "append":
      journal.push(...command.events);
      for (const reader of readers) reader.flow();
      return;
    case "faults":
      faults = command.faults;
      for (const reader of readers) {
        reader.release();
        reader.flow();
      }
      return;
    case "cut":
      for (const reader of readers) reader.cut(command.code);
      return;
    case "send":
      for (const reader of readers) reader.sendText(command.text);
      return;
    case "epoch":
      epoch = command.epoch;
      journal.length = 0;
      for (const reader of readers) reader.cut(undefined);
      return;
    case "report":
      return;
    default:
      command satisfies never;
  }
}

process.on("message", ({ id, command }: { id: number; command: Command }) => {
  obey(command);
  process.send?.({
    id,
    report: { connections, open: readers.size, pings, subscriptions, requests },
  });
});
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () =>
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token }),
);
