/** A server beside the hub's that lets in whom the hub would: same token, same places. */
import type { HttpBindings } from "@hono/node-server";
import { SignalboxError } from "@signalbox/contract";
import { Hono } from "hono";
import { createGuard } from "./guard.ts";
import { type HttpServer, listen, toRefusal } from "./server.ts";

/** What is served, and where. */
export interface GuardedOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly token: string;
  /** The one path there is. */
  readonly path: string;
  readonly fetch: (request: Request) => Promise<Response>;
}

/** Starts to listen. Rejects with `listen_failed`. Whom it does not let in it tells as the hub does. */
export function serveGuarded(options: GuardedOptions): Promise<HttpServer> {
  const { host, port, token, path, fetch } = options;
  const guard = createGuard({ token, host });
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (c, next) => {
    guard.checkToken(c.env.incoming);
    await next();
  });
  app.all(path, (c) => fetch(c.req.raw));
  app.notFound((c) => {
    throw new SignalboxError("route_not_found", `There is no ${c.req.path} here, but ${path}.`);
  });
  app.onError((error) => {
    const { status, headers, body } = toRefusal(error);
    return new Response(body, { status, headers });
  });
  return listen(host, port, { app, guard });
}
