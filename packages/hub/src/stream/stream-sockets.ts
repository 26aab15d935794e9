/** The stream's WebSockets: takes connections over from the HTTP server and feeds them. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { streamSubprotocol } from "@signalbox/contract";
import { WebSocketServer } from "ws";
import type { Journal } from "../journal/journal.ts";
import type { Fanout } from "./fanout.ts";
import type { ReaderLimits } from "./reader.ts";
import { SocketOutlet } from "./socket-outlet.ts";
import type { StreamQuery } from "./stream-query.ts";

/** Commands are short. */
const maxCommandBytes = 64 * 1024;

/** Opens the stream on sockets. */
export class StreamSockets {
  readonly #journal: Journal;
  readonly #fanout: Fanout;
  readonly #limits: ReaderLimits;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxCommandBytes,
    // The only protocol ever agreed on; the one that carries the token is not repeated.
    handleProtocols: (offered) => (offered.has(streamSubprotocol) ? streamSubprotocol : false),
  });

  constructor(journal: Journal, fanout: Fanout, limits: ReaderLimits) {
    this.#journal = journal;
    this.#fanout = fanout;
    this.#limits = limits;
  }

  /** Takes over a connection whose request has been let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, query: StreamQuery): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const outlet = new SocketOutlet(webSocket, this.#journal, query, this.#limits);
      const remove = this.#fanout.add(outlet);
      webSocket.on("close", remove);
    });
  }
}
