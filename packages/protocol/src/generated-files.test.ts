import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { readFiles } from "../scripts/codex.ts";
import { spellOutImports } from "../scripts/imports.ts";
import { assertCombinedIsComplete, combinedSchema } from "../scripts/schema.ts";
import { readFields, readUnion } from "../scripts/types.ts";

vi.setConfig({ testTimeout: 60_000 });

const packageFolder = join(import.meta.dirname, "..");

test("the committed files are what the installed codex generates", () => {
  expect(generate("--check")).toMatchObject({ status: 0, stderr: "" });
});

test("a check names each file that differs, is missing or is not generated, and fails", () => {
  const root = copyOfGeneratedFiles();
  const file = (name: string) => join(root, name);
  writeFileSync(file("schema/stable.json"), "{}");
  rmSync(file("src/generated/stable/RequestId.ts"));
  writeFileSync(file("src/generated/stable/Extra.ts"), "");

  const { status, stderr } = generate("--check", "--root", root);
  expect(status).toBe(1);
  expect(stderr.split("\n").slice(0, 3).sort()).toEqual([
    "differs: schema/stable.json",
    "missing: src/generated/stable/RequestId.ts",
    "not generated: src/generated/stable/Extra.ts",
  ]);
});

test("generating repairs what differs and touches nothing else", () => {
  const root = copyOfGeneratedFiles();
  writeFileSync(join(root, "src/generated/stable/RequestId.ts"), "");
  writeFileSync(join(root, "src/generated/stable/Extra.ts"), "");

  expect(generate("--root", root).stdout).toMatch(/ 1 written, 1 deleted/);
  expect(generate("--root", root).stdout).toMatch(/ 0 written, 0 deleted/);
  expect(generate("--check", "--root", root).status).toBe(0);
});

test("the provenance names the package, the commands, the counts and digests, and no place", () => {
  const text = readFileSync(join(packageFolder, "src/generated/PROVENANCE.json"), "utf8");
  const provenance = JSON.parse(text) as { outputs: { command: string; files: number }[] };
  expect(provenance).toMatchObject({
    package: "@openai/codex",
    version: "0.169.0",
    codex: "codex-cli 0.169.0",
  });
  expect(provenance.outputs.map(({ command, files }) => [command, files])).toEqual([
    ["codex app-server generate-ts --out DIR", 784],
    ["codex app-server generate-json-schema --out DIR", 329],
    ["codex app-server generate-ts --experimental --out DIR", 951],
    ["codex app-server generate-json-schema --experimental --out DIR", 479],
  ]);
  expect(text).not.toMatch(/"\/|[A-Z]:\\|\d{4}-\d{2}-\d{2}/);
});

test("every import of a generated file names a file of its tree", () => {
  for (const tree of ["stable", "experimental"]) {
    const files = readFiles(join(packageFolder, "src/generated", tree));
    const imports = [...files].flatMap(([path, text]) =>
      [...text.matchAll(/^(?:import|export) .* from "(.+)";$/gm)].map((match) =>
        posix.join(posix.dirname(path), match[1]!),
      ),
    );
    expect(imports.length).toBeGreaterThan(1000);
    expect(imports.filter((path) => !files.has(path))).toEqual([]);
  }
});

test("imports are spelled out to the file or the folder's index that they mean", () => {
  const files = new Map([
    ["A.ts", 'import type { B } from "./v2/B";\nexport * as v2 from "./v2";\n'],
    ["v2/B.ts", 'import type { A } from "../A";\ntype C = import("./index").C;\n'],
    ["v2/index.ts", ""],
  ]);
  expect([...spellOutImports(files).values()]).toEqual([
    'import type { B } from "./v2/B.ts";\nexport * as v2 from "./v2/index.ts";\n',
    'import type { A } from "../A.ts";\ntype C = import("./index.ts").C;\n',
    "",
  ]);
  expect(() => spellOutImports(new Map([["A.ts", 'export * from "./Gone";']]))).toThrow(
    'A.ts imports "./Gone", which is none of the generated files.',
  );
});

test("a per-type schema that says something else than the combined one is refused", () => {
  const combined = (type: string) => ({ definitions: { v2: { A: { type, title: "v2::A" } } } });
  const files = (type: string) =>
    new Map([
      [combinedSchema, JSON.stringify(combined(type))],
      ["v2/A.json", JSON.stringify({ type: "string", title: "A" })],
    ]);
  expect(() => assertCombinedIsComplete(files("string"))).not.toThrow();
  expect(() => assertCombinedIsComplete(files("number"))).toThrow(
    "v2/A.json defines A differently",
  );
});

test("a union is read with its params, and what may stand in their place", () => {
  const members = [
    '{ "method": "a", id: RequestId, params: AParams, }',
    '{ "method": "b", id: RequestId, params?: BParams | null | undefined, }',
    '{ "method": "c", id: RequestId, params: undefined, }',
    '{ "method": "d" }',
  ];
  const files = new Map([["U.ts", `/** Says a | b. */\nexport type U = ${members.join(" | ")};`]]);
  expect(readUnion(files, "U")).toEqual([
    { method: "a", params: "AParams", without: [] },
    { method: "b", params: "BParams", without: ["null", "undefined"] },
    { method: "c", params: undefined, without: ["undefined"] },
    { method: "d", params: undefined, without: [] },
  ]);
});

test("fields are read from objects, unions of objects and intersections with a union", () => {
  const files = new Map([
    ["A.ts", 'export type A ={ a: string, "b"?: Array<{ x: 1, y: 2 }>, };'],
    ["B.ts", "export type B = { a: string } | { b: string, a: string | null };"],
    ["C.ts", "export type C = { a: string } & ({ b: string } | { c: string });"],
    ["D.ts", "export type D = Record<string, never>;"],
  ]);
  const read = (name: string) => Object.fromEntries(readFields(files, name));
  expect(read("A")).toEqual({
    a: { type: "string", optional: false },
    b: { type: "Array<{ x: 1, y: 2 }>", optional: true },
  });
  expect(read("B")).toMatchObject({ a: { optional: true }, b: { optional: true } });
  expect(read("C")).toEqual({ a: { type: "string", optional: false } });
  expect(read("D")).toEqual({});
});

function generate(...args: string[]) {
  const script = join(packageFolder, "scripts/generate.ts");
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
}

function copyOfGeneratedFiles(): string {
  const root = mkdtempSync(join(tmpdir(), "signalbox-generated-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ["schema", "src/generated"]) {
    cpSync(join(packageFolder, folder), join(root, folder), { recursive: true });
  }
  return root;
}
