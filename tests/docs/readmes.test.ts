/** The programs in the READMEs are compiled as a reader would who copies them. */
import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const readmes = ["README.md", ...globSync("packages/*/README.md", { cwd: root })].sort();

/** The programs of a document, those in lists without their indentation. */
function programsIn(document: string): string[] {
  return [...document.matchAll(/^( *)```ts\n(.*?)^ *```$/gms)].map(
    ([, indent = "", program = ""]) => program.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

test("every TypeScript program in a README compiles against the packages", async () => {
  // Names with a leading dot are nothing to whoever checks the whole repository at the same time.
  const folder = await mkdtemp(join(import.meta.dirname, ".compiled-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const programs = readmes.flatMap((readme) =>
    programsIn(readFileSync(join(root, readme), "utf8")).map(
      (program, index) => [`${readme.replaceAll("/", "-")}-${index + 1}.ts`, program] as const,
    ),
  );
  expect(programs.length).toBeGreaterThanOrEqual(7);
  for (const [name, program] of programs) await writeFile(join(folder, name), program);
  const config = { extends: "../../../tsconfig.json", include: ["*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(root, "node_modules/typescript/lib/tsc.js");
  const run = promisify(execFile)(process.execPath, [compiler, "-p", folder], { cwd: root });
  const said = await run.then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? String(error),
  );
  expect(said).toBe("");
}, 120_000);
