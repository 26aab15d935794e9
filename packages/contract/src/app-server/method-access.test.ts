import { type ClientMethod, clientRequests } from "@signalbox/protocol";
import { expect, expectTypeOf, test } from "vitest";
import { methodAccess, methodsByAccess } from "./method-access.ts";

const listed = Object.values(methodsByAccess).flat();

test("every method of the protocol is classified, and once", () => {
  expect(listed.toSorted()).toEqual(Object.keys(clientRequests).toSorted());
  type Listed = (typeof methodsByAccess)[keyof typeof methodsByAccess][number];
  expectTypeOf<Listed>().toEqualTypeOf<ClientMethod>();
});

test("a method that stands nowhere is denied", () => {
  for (const method of ["thread/somethingNew", "", "constructor", "__proto__", "THREAD/LIST"]) {
    expect(methodAccess(method)).toBe("unclassified");
  }
});

test("what codex itself calls a change is open only where it was looked at", () => {
  const openWrites = methodsByAccess.open.filter((method) => !clientRequests[method].pureRead);
  expect(openWrites).toEqual([
    "account/rateLimits/read",
    "account/read",
    "config/mcpServer/reload",
    "fuzzyFileSearch/sessionStart",
    "fuzzyFileSearch/sessionStop",
    "fuzzyFileSearch/sessionUpdate",
    "mock/experimentalMethod",
    "project/create",
    "project/move",
    "project/update",
    "threadSection/create",
    "threadSection/update",
  ]);
});

test("what runs, writes, deletes, logs out, sends out, or is the hub's own is denied", () => {
  const denied = {
    initialize: "connection",
    "turn/start": "hub",
    "thread/start": "hub",
    "thread/resume": "hub",
    "thread/unsubscribe": "hub",
    "thread/name/set": "hub",
    "thread/delete": "deletes",
    "thread/shellCommand": "executes",
    "command/exec": "executes",
    "process/spawn": "executes",
    "mcpServer/tool/call": "executes",
    "fs/writeFile": "files",
    "fs/readFile": "files",
    "config/value/write": "config",
    "account/logout": "account",
    "account/login/start": "account",
    getAuthStatus: "account",
    "feedback/upload": "uploads",
  };
  for (const [method, access] of Object.entries(denied)) expect(methodAccess(method)).toBe(access);
  const dangerous =
    /\/(start|write|delete|remove|exec|spawn|install|uninstall|login|logout|upload)$/;
  expect(methodsByAccess.open.filter((method) => dangerous.test(method))).toEqual([]);
});
