/** The examples in the guide to the wire protocol are true: frames, requests and answers are the contract's. */
import {
  appServerSignal,
  controlFrames,
  errorBody,
  eventPage,
  eventsPath,
  fromErrorBody,
  fromHttpRequest,
  httpStatusOf,
  hubEvents,
  isControlFrame,
  operations,
  parseClientFrame,
  parseInput,
  parseServerFrame,
  routesOf,
  type StreamEvent,
  streamPath,
  toErrorBody,
  viewEvents,
} from "@signalbox/contract";
import { expect, test } from "vitest";
import type { z } from "zod";
import { parseEventsQuery, parseStreamQuery } from "../../packages/hub/src/stream/stream-query.ts";
import { blocksIn, readGuide } from "./guide.ts";

const guide = readGuide("wire-protocol");

const isFromClient = (frame: string) => /^\{"type": "(subscribe|unsubscribe|ping)"/.test(frame);
const lines = blocksIn(guide, "jsonl").flatMap((block) => block.trim().split("\n"));

test("every frame of a client is one the hub understands, and every command is shown", () => {
  const frames = lines.filter(isFromClient).map(parseClientFrame);
  expect(new Set(frames.map(({ type }) => type))).toEqual(
    new Set(["subscribe", "unsubscribe", "ping"]),
  );
});

/** What an event's payload must be, by its type. */
function payloadOf({ type }: StreamEvent): z.ZodType | undefined {
  if (type.startsWith("app_server.")) return appServerSignal;
  if (Object.hasOwn(hubEvents, type)) return hubEvents[type as keyof typeof hubEvents];
  return viewEvents[type as keyof typeof viewEvents];
}

test("every frame of the hub is one of the contract's, payloads too, and every control frame is shown", () => {
  const inStreams = blocksIn(guide, "text").flatMap((block) =>
    [...block.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => data),
  );
  const frames = [...lines.filter((line) => !isFromClient(line)), ...inStreams].map(
    parseServerFrame,
  );
  for (const frame of frames) {
    if (isControlFrame(frame)) continue;
    const schema = payloadOf(frame);
    expect(schema, frame.type).toBeDefined();
    expect(schema?.safeParse(frame.payload).error, frame.type).toBeUndefined();
  }
  const shown = frames.filter(isControlFrame).map(({ type }) => type);
  expect(new Set(shown)).toEqual(new Set(Object.keys(controlFrames)));
});

/** An HTTP message as the guide shows it. */
function parseMessage(block: string) {
  const [head = "", body = ""] = block.split("\n\n");
  const [first = "", ...headers] = head.split("\n");
  return {
    first: first.split(" "),
    headers,
    body: body.trim() === "" ? undefined : JSON.parse(body),
  };
}

const messages = blocksIn(guide, "http").map(parseMessage);
const requests = messages.filter(({ first }) => first[0] !== "HTTP/1.1");

test("every request is one of the contract's, and every answer one that it can have", () => {
  expect(requests.length).toBeGreaterThan(4);
  for (const request of requests) {
    const [method = "", target = ""] = request.first;
    const url = new URL(target, "http://hub");
    const answer = messages[messages.indexOf(request) + 1];
    if (url.pathname === streamPath) {
      expect(() => parseStreamQuery(url.searchParams)).not.toThrow();
      continue;
    }
    if (url.pathname === eventsPath) {
      expect(() => parseEventsQuery(url.searchParams)).not.toThrow();
      expect(eventPage.safeParse(answer?.body).error).toBeUndefined();
      continue;
    }
    const { operation, input } = toOperation(method, url, request.body);
    expect(() => parseInput(operation, input)).not.toThrow();
    const status = Number(answer?.first[1]);
    if (status >= 400) {
      expect(errorBody.safeParse(answer?.body).error).toBeUndefined();
      const failure = fromErrorBody(status, answer?.body);
      expect(httpStatusOf(failure)).toBe(status);
      expect(toErrorBody(failure)).toEqual(answer?.body);
      expect(operation.errors).toContain(failure.code);
    } else {
      expect(status).toBe(operation.http.success ?? 200);
      expect(operation.output.safeParse(answer?.body).error).toBeUndefined();
    }
  }
});

function toOperation(method: string, url: URL, body: unknown) {
  for (const route of routesOf(operations)) {
    const pattern = route.path.replace(/:(\w+)/g, "(?<$1>[^/]+)");
    const match = new RegExp(`^${pattern}$`).exec(url.pathname);
    if (match === null || route.method !== method) continue;
    const { operation } = route;
    const params = { ...match.groups };
    return {
      operation,
      input: fromHttpRequest(operation, { params, query: url.searchParams, body }),
    };
  }
  throw new Error(`No operation at ${method} ${url.pathname}`);
}
