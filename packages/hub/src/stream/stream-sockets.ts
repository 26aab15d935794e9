/** The stream's WebSockets: takes connections over from the HTTP server and feeds them. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { streamSubprotocol } from "@signalbox/contract";
import { WebSocketServer } from "ws";
import type { Connections } from "./connections.ts";
import type { ReaderSource } from "./reader.ts";
import { SocketOutlet } from "./socket-outlet.ts";
import type { StreamQuery } from "./stream-query.ts";

/** Commands are short. */
export const maxCommandBytes = 64 * 1024;

/** Opens the stream on sockets. */
export class StreamSockets {
  readonly #source: ReaderSource;
  readonly #connections: Connections;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxCommandBytes,
    // The only protocol ever agreed on; the one that carries the token is not repeated.
    handleProtocols: (offered) => (offered.has(streamSubprotocol) ? streamSubprotocol : false),
  });

  constructor(source: ReaderSource, connections: Connections) {
    this.#source = source;
    this.#connections = connections;
  }

  /** Takes over a connection whose request has been let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, query: StreamQuery): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const outlet = new SocketOutlet(webSocket, socket, this.#source, query);
      const remove = this.#connections.add(outlet);
      webSocket.on("close", remove);
    });
  }
}
