/** The HTTP surface: every operation under its route, the stream's pages, and two probes. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import {
  actorHeader,
  categoryTable,
  eventsPath,
  fromActorHeader,
  fromHttpRequest,
  httpStatusOf,
  idempotencyHeader,
  operations,
  type Route,
  routesOf,
  SignalboxError,
  streamPath,
  toErrorBody,
  toSignalboxError,
} from "@signalbox/contract";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Log } from "../log.ts";
import type { Services } from "../operations/context.ts";
import { type ExecuteOptions, execute, isExpected } from "../operations/execute.ts";
import { readEventPage } from "../stream/event-pages.ts";
import type { ReaderSource } from "../stream/reader.ts";
import { parseEventsQuery, type StreamQuery } from "../stream/stream-query.ts";
import { traceOf } from "../telemetry/spans.ts";
import { checkContract, noSuchRoute, surfaceOf } from "./caller.ts";
import type { Guard } from "./guard.ts";
import { answerHook, hookLimit, hookPath } from "./hooks.ts";
import { retryAfterOf } from "./server.ts";

/** What the surface needs. */
export interface HttpParts extends ExecuteOptions {
  readonly guard: Guard;
  readonly services: Services;
  /** Where pages of events are read from. */
  readonly pages: Pick<ReaderSource, "journal" | "isHidden">;
  readonly log: Log;
  /** Answers with the stream itself, as SSE. */
  readonly openEventStream: (response: ServerResponse, query: StreamQuery) => void;
}

/** Images arrive as data URLs within tool results. */
export const maxBodyBytes = 32 * 1024 * 1024;

type Env = { Bindings: HttpBindings };

/** Builds the surface. The place a request comes from was checked before. */
export function createApp(parts: HttpParts): Hono<Env> {
  const { guard, services, log } = parts;
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    c.header("x-content-type-options", "nosniff");
    c.header("cache-control", "no-store");
    await next();
  });
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) =>
    (await services.system.isReady())
      ? c.json({ status: "ready" })
      : c.json({ status: "not_ready" }, categoryTable.unavailable.http),
  );
  // Who fires a trigger shows no token, but signs.
  app.use(hookPath, hookLimit);
  app.post(hookPath, (c) => answerHook(c, parts));
  app.use(async (c, next) => {
    guard.checkToken(c.env.incoming);
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new SignalboxError(
          "body_too_large",
          `The body is larger than ${maxBodyBytes} bytes.`,
        );
      },
    }),
  );
  for (const route of routesOf(operations)) {
    app.on(route.method, route.path, (c) => answer(c, route, parts));
  }
  app.get("/metrics", async (c) => {
    c.header("content-type", services.metrics.contentType);
    return c.body(await services.metrics.text());
  });
  app.get(eventsPath, (c) => answerEvents(c, parts));
  app.get(streamPath, () => {
    throw new SignalboxError("invalid_request", "The stream is a WebSocket: ask for an upgrade.");
  });
  app.notFound((c) => {
    throw noSuchRoute(`${c.req.method} ${c.req.path}`, (name) => c.req.header(name));
  });
  app.onError((error, c) => {
    const failure = toSignalboxError(error);
    if (!isExpected(error)) log.error({ err: error, path: c.req.path }, "A request failed");
    return c.json(
      toErrorBody(failure),
      httpStatusOf(failure) as ContentfulStatusCode,
      retryAfterOf(failure),
    );
  });
  return app;
}

async function answer(c: Context<Env>, route: Route, parts: HttpParts): Promise<Response> {
  const { operation } = route;
  const header = (name: string) => c.req.header(name);
  const caller = surfaceOf(header);
  checkContract(operation, header);
  const input = fromHttpRequest(operation, {
    params: c.req.param(),
    query: new URL(c.req.url).searchParams,
    body: route.rest === "body" ? await readBody(c) : undefined,
  });
  const actor = header(actorHeader);
  const context = {
    services: parts.services,
    caller,
    actor: actor === undefined ? undefined : fromActorHeader(actor),
    trace: traceOf(c.env.incoming.headers),
    idempotencyKey: header(idempotencyHeader),
    signal: c.req.raw.signal,
  };
  const output = await execute(operation, input, context, parts);
  return c.json(output as object, operation.http.success ?? 200);
}

async function answerEvents(c: Context<Env>, parts: HttpParts): Promise<Response> {
  const query = parseEventsQuery(new URL(c.req.url).searchParams);
  if (!c.req.header("accept")?.includes("text/event-stream")) {
    return c.json(await readEventPage(parts.pages, query));
  }
  const lastEventId = c.req.header("last-event-id");
  const resumed =
    lastEventId === undefined
      ? query
      : parseEventsQuery(new URLSearchParams({ after: lastEventId }));
  parts.openEventStream(c.env.outgoing as ServerResponse<IncomingMessage>, {
    ...query,
    after: resumed.after,
  });
  return RESPONSE_ALREADY_SENT;
}

async function readBody(c: Context<Env>): Promise<unknown> {
  const text = await c.req.text();
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new SignalboxError("malformed_json", "The body is not JSON.");
  }
}
