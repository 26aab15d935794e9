/** The listening socket: HTTP to the app, upgrades of the stream's path to its sockets. */
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import {
  httpStatusOf,
  SignalboxError,
  streamPath,
  toErrorBody,
  toSignalboxError,
} from "@signalbox/contract";
import type { Hono } from "hono";
import { parseStreamQuery, type StreamQuery } from "../stream/stream-query.ts";
import type { Guard } from "./guard.ts";

/** What is served, and how the stream's sockets are taken over. */
export interface ServerParts {
  readonly app: Pick<Hono<{ Bindings: HttpBindings }>, "fetch">;
  readonly guard: Guard;
  /** Without it no socket is taken over. */
  readonly acceptStream?: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    query: StreamQuery,
  ) => void;
}

/** A server that listens. */
export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** Takes no more connections and ends those that are open, requests under way first. Idempotent. */
  close(): Promise<void>;
}

/** How long requests under way may take when the server closes, in ms. */
const closeGrace = 2000;

/** Starts to listen; port 0 takes a free one. Rejects with `listen_failed`. */
export async function listen(host: string, port: number, parts: ServerParts): Promise<HttpServer> {
  const handle = getRequestListener(parts.app.fetch);
  const server = createServer((request, response) => {
    try {
      parts.guard.checkPlace(request.headers);
    } catch (error) {
      const { status, headers, body } = toRefusal(error);
      response.writeHead(status, headers).end(body);
      return;
    }
    void handle(request, response);
  });
  const { guard, acceptStream } = parts;
  if (acceptStream !== undefined) {
    server.on("upgrade", (request, socket, head) =>
      upgrade(request, socket, head, { guard, acceptStream }),
    );
  }
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenFailed(host, port, error)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    close() {
      closed ??= closeServer(server);
      return closed;
    },
  };
}

function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { guard, acceptStream }: Required<Pick<ServerParts, "guard" | "acceptStream">>,
): void {
  socket.on("error", () => socket.destroy());
  try {
    guard.checkPlace(request.headers);
    guard.checkToken(request);
    const url = new URL(request.url ?? "/", "http://hub");
    if (url.pathname !== streamPath) {
      throw new SignalboxError("route_not_found", `There is no socket at ${url.pathname}.`);
    }
    acceptStream(request, socket, head, parseStreamQuery(url.searchParams));
  } catch (error) {
    const { status, headers, body } = toRefusal(error);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const reason = STATUS_CODES[status] ?? "Refused";
    socket.end([`HTTP/1.1 ${status} ${reason}`, ...lines, "", body].join("\r\n"));
  }
}

/** The answer to a request that is not let in. */
export function toRefusal(error: unknown) {
  const failure = toSignalboxError(error);
  const body = JSON.stringify(toErrorBody(failure));
  return {
    status: httpStatusOf(failure),
    headers: {
      connection: "close",
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      ...retryAfterOf(failure),
    },
    body,
  };
}

/** When to come again, as a header, where the refusal knows. */
export function retryAfterOf({ details }: SignalboxError): Record<string, string> {
  const { retryAfterSeconds } = details;
  return retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
}

function listenFailed(host: string, port: number, cause: NodeJS.ErrnoException): SignalboxError {
  const why =
    cause.code === "EADDRINUSE"
      ? "something listens there already. Stop it, or give another port (0 takes a free one)."
      : `${cause.message}.`;
  return new SignalboxError("listen_failed", `Can't listen on ${host}:${port}: ${why}`, {
    cause,
    details: { host, port },
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), closeGrace).unref();
  });
}
