/**
 * A TCP relay between the demo's stream and its hub: the cable that can be pulled. Cutting it
 * destroys the connection with whatever is in flight, which no WebSocket can do to itself.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A relay on loopback. */
export class Relay implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((near) => this.#join(near));
  }

  /** Starts to relay to the host and port of this URL. */
  static async start(target: URL): Promise<Relay> {
    const relay = new Relay({ host: target.hostname, port: Number(target.port) });
    await new Promise<void>((resolve, reject) => {
      relay.#server.once("error", reject);
      relay.#server.listen(0, "127.0.0.1", resolve);
    });
    return relay;
  }

  /** The port that stands for the hub's. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Destroys every connection and refuses new ones until `mend`. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Takes connections again. */
  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    if (this.#isCut) {
      near.destroy();
      return;
    }
    const far = connect(this.#target);
    const ends = [near, far] as const;
    for (const [one, other] of [ends, [far, near] as const]) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }
}
