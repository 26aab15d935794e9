/** The guide to the wire protocol is true: its examples parse, its tables and limits are the code's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  appServerSignal,
  broadcastTypes,
  categoryTable,
  codeTable,
  commonErrors,
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
  settingsSizeLimit,
  streamPath,
  toErrorBody,
  typePatterns,
  viewEvents,
} from "@signalbox/contract";
import { expect, test } from "vitest";
import type { z } from "zod";
import { maxBodyBytes } from "../../packages/hub/src/http/app.ts";
import { guessWindow, maxWrongTokens } from "../../packages/hub/src/http/wrong-tokens.ts";
import { toRetentionLimits } from "../../packages/hub/src/journal/retention.ts";
import {
  keyLifetime,
  maxKeyLength,
  maxRecords,
} from "../../packages/hub/src/operations/idempotency.ts";
import { maxProjects } from "../../packages/hub/src/projects/projects.ts";
import { keptFor, maxEnded, maxPending } from "../../packages/hub/src/requests/requests.ts";
import { defaultAuditLimits } from "../../packages/hub/src/store/audit-log.ts";
import { defaultLimits } from "../../packages/hub/src/stream/reader.ts";
import { parseEventsQuery, parseStreamQuery } from "../../packages/hub/src/stream/stream-query.ts";
import { maxCommandBytes } from "../../packages/hub/src/stream/stream-sockets.ts";
import { viewSources } from "../../packages/hub/src/stream/views.ts";
import { Metrics } from "../../packages/hub/src/telemetry/metrics.ts";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/wire-protocol.md"), "utf8");

const blocks = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, block = ""]) => block,
  );
const codesIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

/** The rows of the table with this first heading. */
function rowsOf(heading: string): string[][] {
  const lines = guide.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const rows = lines.slice(start + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

const isFromClient = (frame: string) => /^\{"type": "(subscribe|unsubscribe|ping)"/.test(frame);
const lines = blocks("jsonl").flatMap((block) => block.trim().split("\n"));

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
  const inStreams = blocks("text").flatMap((block) =>
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

const messages = blocks("http").map(parseMessage);
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

type CodeRow = { category: string; http?: number; retryable?: boolean; status?: string };
const codes: [string, CodeRow][] = Object.entries(codeTable);

test("the table of categories has every category and every code", () => {
  const rows = Object.entries(categoryTable).map(([category, { http, close, retryable }]) => [
    `\`${category}\``,
    String(http),
    String(close),
    retryable ? "yes" : "no",
    codes
      .filter(([, row]) => row.category === category)
      .map(([code]) => `\`${code}\``)
      .join(", "),
  ]);
  expect(rowsOf("category")).toEqual(rows);
});

test("the table of exceptions has every code that differs from its category", () => {
  const rows = codes.flatMap(([code, { http, retryable, status }]) => {
    const differs = [
      http === undefined ? [] : `HTTP ${http}`,
      retryable === undefined ? [] : retryable ? "retryable" : "not retryable",
      status === undefined ? [] : `\`status\` is \`${status}\``,
    ].flat();
    return differs.length === 0 ? [] : [[`\`${code}\``, differs.join(", ")]];
  });
  expect(rowsOf("code")).toEqual(rows);
});

test("the codes said to be a client's are in no answer of an operation", () => {
  const said = codesIn(/^The hub never sends (.*?): clients/m.exec(guide)?.[1] ?? "");
  expect(said.length).toBeGreaterThan(0);
  const sent = Object.values(operations).flatMap(({ errors }) => errors as readonly string[]);
  for (const code of said) {
    expect(Object.keys(codeTable)).toContain(code);
    expect([...sent, ...commonErrors]).not.toContain(code);
  }
});

test("the hub's own events, the events for every thread, the views and the metrics are all named", async () => {
  expect(codesIn(/^- The others are the hub's own: (.*)$/m.exec(guide)?.[1] ?? "")).toEqual(
    Object.keys(hubEvents),
  );
  expect(codesIn(/that concern all: (.*)\|$/m.exec(guide)?.[1] ?? "")).toEqual(broadcastTypes);
  expect(rowsOf("view").map((row) => codesIn(row.join(" ")))).toEqual(
    Object.keys(viewEvents).map((view) => [view, ...viewSources(view as keyof typeof viewEvents)]),
  );
  const metrics = new Metrics({
    journalHead: () => 0,
    isWritable: () => true,
    isRuntimeReady: () => true,
    runtimeGeneration: () => 1,
    streamReaders: () => 0,
  });
  const names = [...(await metrics.text()).matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name);
  expect(codesIn(/Prometheus text: (.*)\|$/m.exec(guide)?.[1] ?? "")).toEqual(names);
});

const second = 1_000;
const day = 24 * 60 * 60 * second;
const units: Record<string, number> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  s: second,
  h: 60 * 60 * second,
  day,
  days: day,
};

/** A number as people write it, with or without a unit. */
function toNumber(text: string): number {
  const [, digits = "", unit] = /^([\d,]+)(?: (\w+))?$/.exec(text) ?? [];
  return (
    Number(digits.replaceAll(",", "")) * (unit === undefined ? 1 : (units[unit] ?? Number.NaN))
  );
}

const isTaken = (parse: () => unknown) => {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
};

/** The largest number something is taken with. */
function largest(atMost: number, parse: (size: number) => unknown): number {
  let size = 1;
  while (size <= atMost && isTaken(() => parse(size))) size += 1;
  return size - 1;
}

const tool = (name: number) => ({ name: `t${name}`, description: "d", inputSchema: {} });
const many = <Item>(size: number, item: (index: number) => Item) =>
  Array.from({ length: size }, (_, index) => item(index));

test("every limit is the one the code has", () => {
  const retention = toRetentionLimits();
  const limits: Record<string, number> = {
    "body of a request": maxBodyBytes,
    "frame of a client": maxCommandBytes,
    "patterns in `types`": largest(1_000, (size) => typePatterns.parse(many(size, String))),
    "characters of a pattern": largest(1_000, (size) => typePatterns.parse(["x".repeat(size)])),
    "events a page": largest(2_000, (size) =>
      parseEventsQuery(new URLSearchParams({ limit: String(size) })),
    ),
    "entries a page of a list": largest(1_000, (limit) =>
      parseInput(operations["requests.list"], { limit }),
    ),
    "characters of an `Idempotency-Key`": maxKeyLength,
    "time a key is kept": keyLifetime,
    "keys kept": maxRecords,
    "different wrong tokens of an address in a window": maxWrongTokens,
    "window of wrong tokens": guessWindow,
    "bytes a stream may have waiting": defaultLimits.highWater,
    "questions that wait": maxPending,
    "tools of a session": largest(1_000, (size) =>
      parseInput(operations["sessions.create"], { dynamicTools: many(size, tool) }),
    ),
    "bytes of the settings of a session, or of the defaults": settingsSizeLimit,
    projects: maxProjects,
    "events kept": retention.maxAge,
    "deltas of completed items kept": retention.maxDeltaAge,
    "payloads kept": retention.maxSize,
    "ended questions kept": keptFor,
    "audit entries kept": defaultAuditLimits.maxAge,
  };
  const said = guide
    .slice(guide.indexOf("## Limits"))
    .matchAll(/^\| (.+?) +\| ([\d,]+(?: \w+)?) +\|/gm);
  expect(
    Object.fromEntries([...said].map(([, what, size = ""]) => [what, toNumber(size)])),
  ).toEqual(limits);
  for (const most of [maxEnded, defaultAuditLimits.maxEntries]) {
    expect(guide).toContain(`and ${most.toLocaleString("en")} of them at most`);
  }
  expect(guide).toContain(`fed again when ${defaultLimits.lowWater / 1024} KiB are left`);
});
