import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policy } from "@signalbox/contract";
import { afterAll, expect, test } from "vitest";
import { newRequest } from "../../fixtures/new-request.ts";
import { toPolicyFacts } from "./policy-facts.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "signalbox-facts-")));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, "in"));
writeFileSync(join(root, "in/file"), "");

test("what is asked beside running a command hides the command from rules", () => {
  const factsOf = (params: object) =>
    toPolicyFacts(newRequest("r", { method: "item/commandExecution/requestApproval", params }));
  const words = ["git", "status"];
  const command = "bash -lc 'git status'";
  expect(factsOf({ command })).toEqual({ kind: "command_approval", words });
  expect(factsOf({ command, kind: "command", networkApprovalContext: null })).toMatchObject({
    words,
  });
  for (const beside of [
    { kind: "writeStdin" },
    { kind: "humanCommand" },
    { networkApprovalContext: { host: "example.com" } },
    { additionalPermissions: { network: { enabled: true } } },
  ]) {
    expect(factsOf({ command, ...beside })).toMatchObject({ words: undefined });
  }
});

test("a folder that is to be granted counts among the files, and files not known match nothing", () => {
  const factsOf = (paths: string[] | null, params: object = {}) =>
    toPolicyFacts(newRequest("r", { method: "item/fileChange/requestApproval", paths, params }));
  const file = join(root, "in/file");
  expect(factsOf([file])).toMatchObject({ files: [file] });
  expect(factsOf([file], { grantRoot: "/" })).toMatchObject({ files: [file, "/"] });
  expect(factsOf(null)).toMatchObject({ files: undefined });
  expect(factsOf([file, ""])).toMatchObject({ files: undefined });
});

test("a policy has 200 rules at most, and deadlines of a second to seven days", () => {
  const rule = { kind: "user_input", action: "deny" };
  const fits = (fields: object) => policy.safeParse({ mode: "rules", ...fields }).success;
  expect(fits({ rules: Array.from({ length: 200 }, () => rule) })).toBe(true);
  expect(fits({ rules: Array.from({ length: 201 }, () => rule) })).toBe(false);
  const day = 24 * 60 * 60 * 1_000;
  expect(fits({ deadlines: { user_input: 1_000, tool_call: 7 * day } })).toBe(true);
  expect(fits({ deadlines: { user_input: 999 } })).toBe(false);
  expect(fits({ deadlines: { tool_call: 7 * day + 1 } })).toBe(false);
  expect(fits({ rules: [{ kind: "user_input", action: "allow" }] })).toBe(false);
  expect(fits({ rules: [{ kind: "command_approval", action: "allow", prefix: [] }] })).toBe(false);
});
