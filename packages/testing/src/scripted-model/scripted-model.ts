/**
 * A model whose turns are scripted: an OpenAI Responses server on loopback that answers each
 * request of a real Codex with the reply queued for it, and keeps what it was sent.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Gate, Gates } from "../gate.ts";
import { StreamClosed } from "./event-stream.ts";
import { play } from "./play.ts";
import { type RecordedRequest, type RequestEnd, recordRequest } from "./recorded-request.ts";
import { type RequestMatch, Script, type TurnQueue } from "./script.ts";
import { httpError, type Reply } from "./step.ts";

/** How a scripted model listens. */
export interface ScriptedModelOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Slugs that `GET /v1/models` lists. Default: none. */
  readonly models?: readonly string[];
  /** How many requests are kept in `requests`, the newest. Default: all. */
  readonly keep?: number;
}

/** A running scripted model. */
export interface ScriptedModel extends TurnQueue, AsyncDisposable {
  /** The provider's `base_url`, `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  /** The requests for a response, in order of arrival: all of them unless `keep` says otherwise. */
  readonly requests: readonly RecordedRequest[];
  /** Those for which nothing was scripted; they were answered with HTTP 400. */
  readonly unscripted: readonly RecordedRequest[];
  /** What functions of the script have thrown; the requests they were for have failed. */
  readonly faults: readonly unknown[];
  /** How many queued replies nobody has asked for yet. */
  readonly left: number;
  /**
   * A queue of its own for the requests that match, asked before the common queue and in the order
   * of the calls of `when`, so that several threads can follow scripts of their own.
   */
  when(matches: RequestMatch): TurnQueue;
  /** A function asked when no queue has a reply; `undefined` means that it has none either. */
  respond(choose: (request: RecordedRequest) => Reply | undefined): void;
  /** The gate of that name, the same one on every call. */
  gate(name: string): Gate;
  /**
   * The request with this index (0 is the first), or the first that satisfies the function; one
   * that has arrived already and is kept counts. Rejects when the model is closed before it comes.
   */
  waitForRequest(
    wanted: number | ((request: RecordedRequest) => boolean),
  ): Promise<RecordedRequest>;
  /** Ends every open stream and stops listening; a second call waits for the first. */
  close(): Promise<void>;
}

/** Starts a scripted model on loopback. */
export async function startScriptedModel(
  options: ScriptedModelOptions = {},
): Promise<ScriptedModel> {
  const model = new LoopbackModel(options);
  await model.listen(options.port ?? 0);
  return model;
}

class LoopbackModel implements ScriptedModel {
  readonly requests: RecordedRequest[] = [];
  readonly unscripted: RecordedRequest[] = [];
  readonly faults: unknown[] = [];
  readonly #script = new Script();
  readonly #gates = new Gates();
  readonly #waiters = new Set<{
    readonly wanted: (request: RecordedRequest) => boolean;
    readonly resolve: (request: RecordedRequest) => void;
    readonly reject: (cause: Error) => void;
  }>();
  readonly #server: Server;
  readonly #models: readonly string[];
  readonly #keep: number;
  #count = 0;
  #ids = 0;
  #closing: Promise<void> | undefined;

  constructor(options: ScriptedModelOptions) {
    this.#models = options.models ?? [];
    this.#keep = options.keep ?? Number.POSITIVE_INFINITY;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  get left(): number {
    return this.#script.left;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
  }

  turn(...replies: readonly Reply[]): void {
    this.#script.turn(...replies);
  }

  when(matches: RequestMatch): TurnQueue {
    return this.#script.when(matches);
  }

  respond(choose: (request: RecordedRequest) => Reply | undefined): void {
    this.#script.respond(choose);
  }

  gate(name: string): Gate {
    return this.#gates.get(name);
  }

  waitForRequest(
    wanted: number | ((request: RecordedRequest) => boolean),
  ): Promise<RecordedRequest> {
    const matches =
      typeof wanted === "function" ? wanted : (one: RecordedRequest) => one.index === wanted;
    const past = this.requests.find(matches);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      if (this.#closing !== undefined) reject(closedError());
      else this.#waiters.add({ wanted: matches, resolve, reject });
    });
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      for (const waiter of this.#waiters) waiter.reject(closedError());
      this.#waiters.clear();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    const route = path.split("?")[0] ?? path;
    if (request.method === "GET" && route.endsWith("/models")) {
      const data = this.#models.map((id) => ({ id, object: "model" }));
      sendJson(response, 200, { object: "list", data });
      return;
    }
    if (request.method !== "POST" || !route.endsWith("/responses")) {
      request.resume();
      sendJson(response, 404, { error: { message: `no route ${request.method} ${route}` } });
      return;
    }
    let body: unknown;
    try {
      body = JSON.parse(await readBody(request));
    } catch (cause) {
      sendJson(response, 400, { error: { message: `body is not JSON: ${String(cause)}` } });
      return;
    }
    await this.#reply(path, request, body, response);
  }

  async #reply(
    path: string,
    incoming: IncomingMessage,
    body: unknown,
    response: ServerResponse,
  ): Promise<void> {
    const ended = Promise.withResolvers<RequestEnd>();
    const closed = new AbortController();
    response.once("close", () => closed.abort());
    const request = recordRequest({
      index: this.#count++,
      path,
      headers: flatten(incoming.headers),
      body,
      ended: ended.promise,
    });
    this.requests.push(request);
    if (this.requests.length > this.#keep) this.requests.shift();
    for (const waiter of this.#waiters) {
      if (!waiter.wanted(request)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(request);
    }
    try {
      const end = await play(this.#take(request), {
        request,
        response,
        closed: closed.signal,
        gate: (name) => this.#gates.get(name),
        nextId: (prefix) => `${prefix}_${++this.#ids}`,
      });
      ended.resolve(end);
    } catch (cause) {
      if (!(cause instanceof StreamClosed)) {
        // A fault of the script: the turn fails, with its text where that can still be sent.
        this.faults.push(cause);
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, { error: { message: `The script failed: ${String(cause)}` } });
        ended.resolve("error");
        return;
      }
      ended.resolve(this.#closing === undefined ? "client_closed" : "model_closed");
    }
  }

  #take(request: RecordedRequest): Reply {
    const reply = this.#script.take(request);
    if (reply !== undefined) return reply;
    this.unscripted.push(request);
    const asked = JSON.stringify(request.lastUserText.slice(0, 200));
    const message = `Nothing is scripted for model request ${request.index} (last user text ${asked}).`;
    return httpError(400, { error: { message, type: "invalid_request_error" } });
  }
}

function closedError(): Error {
  return new Error("The scripted model was closed before the awaited request came.");
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function flatten(headers: IncomingMessage["headers"]): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
