/** The tables in the guide to the wire protocol are true: codes, names and limits are the code's. */
import {
  broadcastTypes,
  categoryTable,
  codeTable,
  commonErrors,
  hubEvents,
  maxKeyLength,
  operations,
  parseInput,
  queueLimit,
  settingsSizeLimit,
  typePatterns,
  viewEvents,
} from "@signalbox/contract";
import { expect, test } from "vitest";
import {
  maxNotices,
  keptFor as noticesKeptFor,
  pendingKeptFor,
} from "../../packages/hub/src/dispatch/inbox/notice-store.ts";
import { longestNotice } from "../../packages/hub/src/dispatch/inbox/notice-text.ts";
import {
  maxEnded as maxMessages,
  keptFor as messagesKeptFor,
} from "../../packages/hub/src/dispatch/messages/message-store.ts";
import { delayLimit } from "../../packages/hub/src/dispatch/triggers/delays.ts";
import {
  keptFor as firingsKeptFor,
  maxEnded as maxFirings,
} from "../../packages/hub/src/dispatch/triggers/firing-retention.ts";
import { maxTriggers } from "../../packages/hub/src/dispatch/triggers/triggers.ts";
import { maxHookBytes, tolerance } from "../../packages/hub/src/dispatch/triggers/webhooks.ts";
import { maxBodyBytes } from "../../packages/hub/src/http/app.ts";
import { guessWindow, maxWrongTokens } from "../../packages/hub/src/http/wrong-tokens.ts";
import { toRetentionLimits } from "../../packages/hub/src/journal/retention.ts";
import { keyLifetime, maxRecords } from "../../packages/hub/src/operations/idempotency.ts";
import { maxProjects } from "../../packages/hub/src/projects/projects.ts";
import { keptFor, maxEnded, maxPending } from "../../packages/hub/src/requests/requests.ts";
import { defaultAuditLimits } from "../../packages/hub/src/store/audit-log.ts";
import { defaultLimits } from "../../packages/hub/src/stream/reader.ts";
import { parseEventsQuery } from "../../packages/hub/src/stream/stream-query.ts";
import { maxCommandBytes } from "../../packages/hub/src/stream/stream-sockets.ts";
import { viewSources } from "../../packages/hub/src/stream/views.ts";
import { Metrics } from "../../packages/hub/src/telemetry/metrics.ts";
import { codesIn, readGuide, rowsIn } from "./guide.ts";

const guide = readGuide("wire-protocol");

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
  expect(rowsIn(guide, "category")).toEqual(rows);
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
  expect(rowsIn(guide, "code")).toEqual(rows);
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
  expect(rowsIn(guide, "view").map((row) => codesIn(row.join(" ")))).toEqual(
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
    "messages that wait in a session": queueLimit,
    projects: maxProjects,
    triggers: maxTriggers,
    "body of a webhook": maxHookBytes,
    "age of a webhook": tolerance * second,
    "wait of a firing for Codex": delayLimit,
    "ended firings of triggers kept": firingsKeptFor,
    "acknowledged notices kept": noticesKeptFor,
    "pending notices kept": pendingKeptFor,
    "characters of a notice": longestNotice,
    "events kept": retention.maxAge,
    "deltas of completed items kept": retention.maxDeltaAge,
    "payloads kept": retention.maxSize,
    "ended questions kept": keptFor,
    "ended messages kept": messagesKeptFor,
    "audit entries kept": defaultAuditLimits.maxAge,
  };
  const said = guide
    .slice(guide.indexOf("## Limits"))
    .matchAll(/^\| (.+?) +\| ([\d,]+(?: \w+)?) +\|/gm);
  expect(
    Object.fromEntries([...said].map(([, what, size = ""]) => [what, toNumber(size)])),
  ).toEqual(limits);
  for (const most of [
    maxEnded,
    maxMessages,
    maxFirings,
    maxNotices,
    defaultAuditLimits.maxEntries,
  ]) {
    expect(guide).toContain(`and ${most.toLocaleString("en")} of them at most`);
  }
  expect(guide).toContain(`fed again when ${defaultLimits.lowWater / 1024} KiB are left`);
});
