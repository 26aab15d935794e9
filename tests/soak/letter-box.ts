/** An address that firings post to: keeps how often each was brought, and now and then does not want it. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Listens on loopback. */
export class LetterBox implements AsyncDisposable {
  /** How often each firing was brought, by its id. */
  readonly brought = new Map<string, number>();
  readonly #server: Server;

  private constructor(random: () => number) {
    this.#server = createServer((request, response) => {
      void readJson(request).then((letter) => {
        const { firingId } = (letter as { firing: { firingId: string } }).firing;
        this.brought.set(firingId, (this.brought.get(firingId) ?? 0) + 1);
        response.writeHead(random() < 0.1 ? 503 : 204).end();
      });
    });
  }

  static async open(random: () => number): Promise<LetterBox> {
    const box = new LetterBox(random);
    box.#server.listen(0, "127.0.0.1");
    await once(box.#server, "listening");
    return box;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
