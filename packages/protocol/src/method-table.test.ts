import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  CODEX_VERSION,
  clientNotifications,
  clientRequests,
  serverNotifications,
  serverRequests,
} from "./index.ts";
import type { IdPlace, MethodRow } from "./method-row.ts";

type Tree = "stable" | "experimental";

const tables: Readonly<Record<string, Readonly<Record<string, MethodRow>>>> = {
  ClientRequest: clientRequests,
  ClientNotification: clientNotifications,
  ServerNotification: serverNotifications,
  ServerRequest: serverRequests,
};
const unions = Object.keys(tables);
const legacy = ["getAuthStatus", "getConversationSummary", "gitDiffToRemote"];
const raw = ["rawResponse/completed", "rawResponseItem/completed"];

test.each(unions)("the table has exactly the methods of the generated union %s", (union) => {
  expect(Object.keys(tables[union]!)).toEqual(methodsInUnion("experimental", union));
});

test.each(unions)("a method of %s is stable exactly if the stable tree has it", (union) => {
  const stable = Object.entries(tables[union]!).filter(([, row]) => row.stability === "stable");
  expect(stable.map(([method]) => method).sort()).toEqual(methodsInUnion("stable", union).sort());
});

test("the JSON schemas know the same methods but for the legacy and the raw ones", () => {
  const withoutLegacy = Object.keys(clientRequests).filter((method) => !legacy.includes(method));
  const withoutRaw = Object.keys(serverNotifications).filter((method) => !raw.includes(method));
  expect(methodsInSchema("experimental", "ClientRequest")).toEqual(withoutLegacy.sort());
  expect(methodsInSchema("experimental", "ServerNotification")).toEqual(withoutRaw.sort());
  expect(methodsInSchema("stable", "ServerNotification")).toEqual(withoutRaw.sort());
  expect(methodsInSchema("experimental", "ServerRequest")).toEqual(
    Object.keys(serverRequests).sort(),
  );
});

test("codex 0.169.0 has 187 client requests, 88 notifications and 11 server requests", () => {
  expect(CODEX_VERSION).toBe("0.169.0");
  const counts = (union: string) => {
    const rows = Object.values(tables[union]!);
    return [rows.filter((row) => row.stability === "stable").length, rows.length];
  };
  expect(counts("ClientRequest")).toEqual([109 + legacy.length, 184 + legacy.length]);
  expect(counts("ClientNotification")).toEqual([1, 1]);
  expect(counts("ServerNotification")).toEqual([86 + raw.length, 86 + raw.length]);
  expect(counts("ServerRequest")).toEqual([10, 11]);
  expect(methodsInSchema("stable", "ClientRequest")).toHaveLength(109);
  expect(methodsInSchema("experimental", "ClientRequest")).toHaveLength(184);
});

test("every response type of codex is the result or answer of a method", () => {
  const used = new Set([
    ...Object.values(clientRequests).map((row) => row.result),
    ...Object.values(serverRequests).map((row) => row.answer),
  ]);
  const files = ["", "v2"].flatMap((folder) => readdirSync(treeFolder("experimental", folder)));
  const responses = files.filter((file) => file.endsWith("Response.ts"));
  expect([...used].sort()).toEqual(responses.map((file) => file.slice(0, -3)).sort());
});

test("26 notifications name a turn, 3 may name one, 2 nest it and 55 have none", () => {
  const places = Object.entries(serverNotifications)
    .filter(([method]) => !raw.includes(method))
    .map(([method, row]: [string, { turnId: IdPlace | null }]) => ({ method, ...row }));
  const where = (at: string | undefined, optional?: boolean) =>
    places.filter(({ turnId }) => turnId?.at === at && turnId?.optional === optional);
  expect(where("turnId", false)).toHaveLength(26);
  expect(where("turnId", true).map(({ method }) => method)).toEqual([
    "thread/goal/updated",
    "hook/started",
    "hook/completed",
  ]);
  expect(where("turn.id", false).map(({ method }) => method)).toEqual([
    "turn/started",
    "turn/completed",
  ]);
  expect(where(undefined)).toHaveLength(55);
});

test("the ids that stand in unusual places are where the wire has them", () => {
  expect(serverNotifications["thread/started"].threadId.at).toBe("thread.id");
  for (const method of ["warning", "mcpServer/startupStatus/updated"] as const) {
    expect(serverNotifications[method].threadId.optional).toBe(true);
  }
  expect(serverNotifications["mcpServer/oauthLogin/completed"].threadId.optional).toBe(true);
  expect(serverNotifications["serverRequest/resolved"]).toMatchObject({
    threadId: { at: "threadId", optional: false },
    turnId: null,
  });
  expect(serverRequests.execCommandApproval.threadId.at).toBe("conversationId");
  expect(serverRequests.applyPatchApproval.threadId.at).toBe("conversationId");
  expect(serverRequests["mcpServer/elicitation/request"].turnId.optional).toBe(true);
  expect(clientRequests["turn/steer"].turnId.at).toBe("expectedTurnId");
  expect(clientRequests["turn/steer"].resultTurnId.at).toBe("turnId");
  expect(clientRequests["turn/start"].resultTurnId.at).toBe("turn.id");
  expect(clientRequests["review/start"]).toMatchObject({
    resultThreadId: { at: "reviewThreadId" },
    resultTurnId: { at: "turn.id" },
  });
  expect(clientRequests["thread/start"].resultThreadId.at).toBe("thread.id");
});

test("a method whose name asks a question is a pure read unless it is known to do more", () => {
  const asks = /(^|\/)(list|read\w*|get\w*|search\w*|status|installed|info|readiness)$/;
  const doesMore = ["account/read", "account/rateLimits/read", "getAuthStatus"];
  const unlike = Object.entries(clientRequests)
    .filter(([method, row]) => asks.test(method) !== row.pureRead)
    .map(([method]) => method);
  expect(unlike).toEqual(expect.arrayContaining(doesMore));
  const reads = unlike.filter((method) => !doesMore.includes(method)).sort();
  expect(reads).toEqual([
    "account/bedrock/checkGovCloudRequirements",
    "account/bedrock/discover",
    "externalAgentConfig/detect",
    "fuzzyFileSearch",
    "gitDiffToRemote",
    "server/diagnostics",
    "thread/realtime/listVoices",
  ]);
});

function treeFolder(tree: Tree, folder = ""): string {
  return join(import.meta.dirname, "generated", tree, folder);
}

function methodsInUnion(tree: Tree, union: string): string[] {
  const text = readFileSync(join(treeFolder(tree), `${union}.ts`), "utf8");
  return [...text.matchAll(/"method": "([^"]+)"/g)].map((match) => match[1]!);
}

function methodsInSchema(tree: Tree, union: string): string[] {
  const path = join(import.meta.dirname, "../schema", `${tree}.json`);
  const { definitions } = JSON.parse(readFileSync(path, "utf8")) as {
    definitions: Record<string, { oneOf: { properties: { method: { enum: string[] } } }[] }>;
  };
  return definitions[union]!.oneOf.flatMap((member) => member.properties.method.enum).sort();
}
