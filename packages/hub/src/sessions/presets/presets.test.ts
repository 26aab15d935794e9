import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { instructionsLimit, type OperationInput } from "@signalbox/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inherited } from "../controls.ts";
import { maxConfigSize } from "./config-file.ts";
import { Presets } from "./presets.ts";

let root: string;
let repo: string;
let ownFile: string;
let repoFile: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "signalbox-presets-"));
  repo = join(root, "repo");
  mkdirSync(join(repo, ".git"), { recursive: true });
  mkdirSync(join(repo, "deep", "er"), { recursive: true });
  ownFile = join(root, "home", "config.toml");
  repoFile = join(repo, ".signalbox", "config.toml");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, ...lines: string[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.join("\n"));
}

function plan(wishes: OperationInput<"sessions.plan"> = {}, controls = inherited) {
  const presets = new Presets({
    ownFile,
    cwd: join(repo, "deep", "er"),
    defaults: () => controls,
  });
  return presets.plan(wishes);
}

/** What planning fails with. */
function failure(wishes: OperationInput<"sessions.plan"> = {}) {
  try {
    plan(wishes);
  } catch (error) {
    return error as { code: string; message: string; details: Record<string, unknown> };
  }
  throw new Error("It did not fail");
}

describe("what a session begins with", () => {
  test("the hub's defaults, its file, the repository's, presets from left to right and the call go over each other", () => {
    put(ownFile, "[defaults]", 'effort = "low"', 'serviceTier = "flex"', 'summary = "none"');
    put(
      repoFile,
      "[defaults]",
      'effort = "medium"',
      'model = "from-defaults"',
      "[presets.one]",
      'model = "from-one"',
      'developerInstructions = "one"',
      "[presets.two]",
      'developerInstructions = "two"',
    );
    const controls = { ...inherited, model: "from-hub", networkAccess: "restricted" as const };
    const { values, origins, files } = plan({ presets: ["one", "two"], summary: "auto" }, controls);
    expect(values).toMatchObject({
      networkAccess: "restricted",
      serviceTier: "flex",
      effort: "medium",
      model: "from-one",
      developerInstructions: "two",
      summary: "auto",
    });
    expect(Object.fromEntries(origins)).toEqual({
      networkAccess: "hub",
      serviceTier: `${ownFile}:3`,
      effort: `${repoFile}:2`,
      model: `${repoFile}:5`,
      developerInstructions: `${repoFile}:8`,
      summary: "call",
    });
    expect(files).toEqual([ownFile, repoFile]);
  });

  test("without files the call decides, and where nobody says anything nothing is said", () => {
    const { values, files, title } = plan({ effort: "high" });
    expect(values).toEqual({ effort: "high" });
    expect(files).toEqual([]);
    expect(title).toBe("New chat");
  });

  test("folders and files of a configuration are relative to what holds it, and text goes before a file", () => {
    put(join(repo, "notes.md"), "From the notes");
    put(
      repoFile,
      "[defaults]",
      'cwd = "deep"',
      "[defaults.instructions]",
      'developerFile = "notes.md"',
      "[presets.inline]",
      'developerFile = "missing.md"',
      'developerInstructions = "Said at once"',
    );
    expect(plan().values).toMatchObject({
      cwd: join(repo, "deep"),
      developerInstructions: "From the notes",
    });
    expect(plan({ presets: ["inline"] }).values.developerInstructions).toBe("Said at once");
  });

  test("where the caller stands is the working directory, unless a file or the call says another", () => {
    const folder = join(repo, "deep");
    expect(plan({ folder }).values.cwd).toBe(folder);
    expect(plan({ folder, cwd: "er" }).values.cwd).toBe(join(folder, "er"));
    put(repoFile, "[defaults]", 'cwd = "deep/er"');
    expect(plan({ folder }).values.cwd).toBe(join(folder, "er"));
    expect(plan({ folder, cwd: "." }).values.cwd).toBe(folder);
    expect(plan({ folder: root }).values.cwd).toBe(root);
  });

  test("a prefix knows the repository, the folder and the last preset, and stands before a title once", () => {
    put(repoFile, "[defaults]", 'prefix = "[{cwd.repo}/{preset}]"', "[presets.rev]");
    expect(plan({ presets: ["rev"], title: "Look" }).title).toBe("[repo/rev] Look");
    expect(plan({ presets: ["rev"], title: "[repo/rev] Look" }).title).toBe("[repo/rev] Look");
    expect(plan({ prefix: "{cwd.basename}:", title: "Look" }).title).toBe("er: Look");
  });

  test("a hub's own file that lies above the working directory is not taken for a repository's", () => {
    ownFile = join(root, ".signalbox", "config.toml");
    put(ownFile, "[defaults]", 'filesystemSandbox = "danger-full-access"');
    expect(plan().values.filesystemSandbox).toBe("danger-full-access");
  });
});

describe("a file that is wrong is refused with its place", () => {
  test.each<[string, string[], Record<string, unknown>, RegExp]>([
    ["broken TOML", ["[defaults]", "model = "], { line: 2 }, /config\.toml:2/],
    [
      "an unknown key",
      ["[defaults]", "", 'modle = "x"'],
      { key: "defaults.modle", line: 3, column: 1 },
      /Did you mean model/,
    ],
    [
      "a wrong type",
      ["[presets.a]", "  effort = 3"],
      { key: "presets.a.effort", line: 2, column: 3 },
      /string/,
    ],
    [
      "a word that is none",
      ["[defaults]", 'approvalPolicy = "sometimes"'],
      { key: "defaults.approvalPolicy", line: 2 },
      /untrusted/,
    ],
    ["an unknown table", ["[default]"], { key: "default", line: 1 }, /Did you mean defaults/],
    ["a table that is none", ["defaults = 3"], { key: "defaults", line: 1 }, /table/],
    [
      "an unknown key of instructions",
      ["[defaults.instructions]", 'bse = "x"'],
      { key: "defaults.instructions.bse", line: 2 },
      /No such key/,
    ],
    ["trust that only the hub's file can give", ['trust = ["/"]'], { key: "trust" }, /No such key/],
  ])("%s", (_what, lines, details, message) => {
    put(repoFile, ...lines);
    const error = failure();
    expect(error.code).toBe("invalid_config");
    expect(error.details).toMatchObject({ file: repoFile, ...details });
    expect(error.message).toMatch(message);
  });

  test("a preset that no file has, with one that is like it", () => {
    put(repoFile, "[presets.reviewer]");
    expect(failure({ presets: ["reviewr"] })).toMatchObject({
      code: "invalid_config",
      details: { file: repoFile, key: "presets.reviewr" },
    });
    expect(failure({ presets: ["reviewr"] }).message).toContain("Did you mean reviewer?");
  });

  test("a variable of a prefix that there is not, such as one of the environment", () => {
    const error = failure({ prefix: "{HOME}" });
    expect(error).toMatchObject({ code: "invalid_config", details: { key: "prefix" } });
  });

  test.each(["config.toml", "notes.md"])("%s that is no file, or too large", (name) => {
    const isConfig = name === "config.toml";
    const path = isConfig ? repoFile : join(repo, name);
    if (!isConfig) put(repoFile, "[defaults]", `developerFile = "${name}"`);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync("/dev/zero", path);
    // A repository can't ask for what lies outside it; the hub's own call may, and is told.
    if (isConfig) expect(failure().message).toContain("is not a file");
    else expect(failure({ developerFile: path }).message).toContain("is not a file");
    rmSync(path);
    const limit = isConfig ? maxConfigSize : instructionsLimit;
    writeFileSync(path, isConfig ? "#".repeat(limit) : "a".repeat(limit));
    expect(plan().files).toEqual([repoFile]);
    writeFileSync(path, isConfig ? "#".repeat(limit + 1) : "a".repeat(limit + 1));
    expect(failure().message).toContain(`is larger than ${limit} bytes`);
  });

  test("a file of instructions that can't be read", () => {
    const error = failure({ developerFile: "missing.md" });
    expect(error.code).toBe("invalid_config");
    expect(error.message).toContain(join(repo, "deep", "er", "missing.md"));
  });
});

describe("a repository's file", () => {
  test.each([
    ["filesystemSandbox", '"workspace-write"'],
    ["networkAccess", '"enabled"'],
    ["approvalPolicy", '"never"'],
    ["approvalsReviewer", '"auto_review"'],
    ["modelProvider", '"elsewhere"'],
    ["cwd", '".."'],
    ["developerFile", '"../secret.md"'],
  ])("can't widen %s by itself, and can where the hub's file trusts its folder", (field, value) => {
    put(join(root, "secret.md"), "secret");
    put(repoFile, "[presets.wide]", `${field} = ${value}`);
    const error = failure({ presets: ["wide"] });
    expect(error).toMatchObject({
      code: "untrusted_config",
      details: { place: `${repoFile}:2`, key: field, folder: repo, trustIn: ownFile },
    });
    put(ownFile, `trust = [${JSON.stringify(root)}]`);
    expect(plan({ presets: ["wide"] }).origins.has(field as "cwd") || field.endsWith("File")).toBe(
      true,
    );
  });

  test("does not matter where the call says the same field, as the refusal advises", () => {
    put(
      repoFile,
      "[defaults]",
      'filesystemSandbox = "danger-full-access"',
      'developerFile = "../missing.md"',
    );
    expect(failure().code).toBe("untrusted_config");
    const { values, origins } = plan({
      filesystemSandbox: "workspace-write",
      developerInstructions: "Said",
    });
    expect(values).toMatchObject({
      filesystemSandbox: "workspace-write",
      developerInstructions: "Said",
    });
    expect(origins.get("filesystemSandbox")).toBe("call");
  });

  test("can lower what the hub gives, and say as much as the hub does", () => {
    put(ownFile, "[defaults]", 'filesystemSandbox = "workspace-write"');
    put(
      repoFile,
      "[defaults]",
      'filesystemSandbox = "workspace-write"',
      'approvalPolicy = "untrusted"',
    );
    expect(plan().values).toMatchObject({
      filesystemSandbox: "workspace-write",
      approvalPolicy: "untrusted",
    });
    put(repoFile, "[defaults]", 'filesystemSandbox = "read-only"');
    expect(plan().values.filesystemSandbox).toBe("read-only");
  });

  test("is not helped by a link that leads out of its folder", () => {
    put(join(root, "secret.md"), "secret");
    symlinkSync(join(root, "secret.md"), join(repo, "inside.md"));
    put(repoFile, "[defaults]", 'developerFile = "inside.md"');
    expect(failure().code).toBe("untrusted_config");
  });

  test.each(["link/later", "link"])(
    "is not helped by a link (%s) whose end is not there yet",
    (cwd) => {
      const end = cwd === "link" ? join(root, "elsewhere") : root;
      symlinkSync(end, join(repo, "link"));
      put(repoFile, "[defaults]", `cwd = ${JSON.stringify(cwd)}`);
      expect(failure().code).toBe("untrusted_config");
    },
  );
});
