/**
 * As much of a WebSocket server as a realtime session needs: text frames both ways, one peer.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CLOSE = 8;
const PING = 9;

/** A server on loopback whose client says and hears JSON. */
export class WebSocketPeer implements AsyncDisposable {
  readonly #server: Server;
  readonly #connected = Promise.withResolvers<Duplex>();
  readonly #received: Record<string, unknown>[] = [];
  #wake: () => void = () => {};

  private constructor() {
    this.#server = createServer((_, response) => response.writeHead(404).end());
    this.#server.on("upgrade", (request, socket: Duplex) => {
      const key = `${request.headers["sec-websocket-key"]}${ACCEPT_SUFFIX}`;
      const accept = createHash("sha1").update(key).digest("base64");
      socket.on("error", () => {});
      socket.write(
        [
          "HTTP/1.1 101 Switching Protocols",
          "Upgrade: websocket",
          "Connection: Upgrade",
          `Sec-WebSocket-Accept: ${accept}`,
          "\r\n",
        ].join("\r\n"),
      );
      this.#read(socket);
      this.#connected.resolve(socket);
    });
  }

  static async listen(): Promise<WebSocketPeer> {
    const peer = new WebSocketPeer();
    peer.#server.listen(0, "127.0.0.1");
    await once(peer.#server, "listening");
    return peer;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next message of this type that has not been given out. */
  async message(type: string): Promise<Record<string, unknown>> {
    for (;;) {
      const at = this.#received.findIndex((one) => one.type === type);
      if (at >= 0) return this.#received.splice(at, 1)[0] as Record<string, unknown>;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async send(...messages: readonly object[]): Promise<void> {
    const socket = await this.#connected.promise;
    for (const message of messages) socket.write(frame(1, Buffer.from(JSON.stringify(message))));
  }

  /** Says goodbye and closes. */
  async end(): Promise<void> {
    const socket = await this.#connected.promise;
    socket.end(frame(CLOSE, Buffer.from([0x03, 0xe8])));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#connected.promise.then((socket) => socket.destroy()).catch(() => {});
  }

  #read(socket: Duplex): void {
    let bytes = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let one = parseFrame(bytes); one !== undefined; one = parseFrame(bytes)) {
        bytes = bytes.subarray(one.length);
        if (one.opcode === PING) socket.write(frame(10, one.payload));
        if (one.opcode !== 1) continue;
        this.#received.push(JSON.parse(one.payload.toString("utf8")) as Record<string, unknown>);
        this.#wake();
      }
    });
  }
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([0x80 | opcode, length])
      : Buffer.from([0x80 | opcode, 126, length >> 8, length & 0xff]);
  return Buffer.concat([head, payload]);
}

/** A client's frame, which is always masked; messages here fit into one. */
function parseFrame(
  bytes: Buffer,
): { readonly opcode: number; readonly payload: Buffer; readonly length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] as number) & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head + 4) return undefined;
  const size = short < 126 ? short : bytes.readUIntBE(head === 4 ? 2 : 4, head === 4 ? 2 : 6);
  const length = head + 4 + size;
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(head, head + 4);
  const payload = Buffer.from(bytes.subarray(head + 4, length));
  for (let at = 0; at < size; at += 1)
    payload[at] = (payload[at] as number) ^ (mask[at % 4] as number);
  return { opcode: (bytes[0] as number) & 0x0f, payload, length };
}
