/**
 * Generates everything in `src/generated` and `schema` from the installed codex, offline.
 *
 * `node scripts/generate.ts` writes what changed and deletes what is gone. With `--check` it
 * writes nothing, names every file that differs, and exits 1 when one does. `--root DIR` takes
 * another folder than this package for both.
 */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type FileSet, type InstalledCodex, openInstalledCodex, readFiles } from "./codex.ts";
import { spellOutImports } from "./imports.ts";
import { renderMethodTable } from "./method-table.ts";
import { sayNumbers } from "./numbers.ts";
import { assertCombinedIsComplete, combinedSchema } from "./schema.ts";

const ownedFolders = ["src/generated", "schema"];
const trees = ["stable", "experimental"] as const;

function generateAll(codex: InstalledCodex): FileSet {
  const files = new Map<string, string>();
  const typesOf = {} as Record<(typeof trees)[number], FileSet>;
  const provenance = [];
  for (const tree of trees) {
    const flags = tree === "experimental" ? ["--experimental"] : [];
    const types = codex.generate(["generate-ts", ...flags]);
    const schemas = codex.generate(["generate-json-schema", ...flags]);
    assertCombinedIsComplete(schemas);
    typesOf[tree] = types;
    for (const [path, text] of spellOutImports(sayNumbers(types))) {
      files.set(`src/generated/${tree}/${path}`, text);
    }
    files.set(`schema/${tree}.json`, schemas.get(combinedSchema) ?? "");
    provenance.push(describe(["generate-ts", ...flags], types));
    provenance.push(describe(["generate-json-schema", ...flags], schemas));
  }
  const { packageVersion: version, versionLine } = codex;
  const source = { package: "@openai/codex", version, codex: versionLine };
  const table = renderMethodTable(typesOf.stable, typesOf.experimental, version);
  files.set("src/generated/methods.ts", table);
  files.set("src/generated/PROVENANCE.json", toJson({ ...source, outputs: provenance }));
  return files;
}

/** The digest is over codex's own output, every file of it, before paths are rewritten. */
function describe(args: readonly string[], files: FileSet) {
  const hash = createHash("sha256");
  for (const [path, text] of files) hash.update(`${path}\0${text}\0`);
  const command = ["codex", "app-server", ...args, "--out", "DIR"].join(" ");
  return { command, files: files.size, sha256: hash.digest("hex") };
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    root: { type: "string", default: join(import.meta.dirname, "..") },
  },
});
const root = resolve(options.root);
const wanted = generateAll(openInstalledCodex());
const present: FileSet = new Map(
  ownedFolders.flatMap((folder) =>
    [...readFiles(join(root, folder))].map(([path, text]) => [`${folder}/${path}`, text] as const),
  ),
);
const outdated = [...wanted].filter(([path, text]) => present.get(path) !== text);
const stale = [...present.keys()].filter((path) => !wanted.has(path));

if (options.check) {
  for (const [path] of outdated) {
    console.error(`${present.has(path) ? "differs" : "missing"}: ${path}`);
  }
  for (const path of stale) console.error(`not generated: ${path}`);
  if (outdated.length + stale.length > 0) {
    console.error(
      "The generated files are not what the installed codex generates: npm run generate",
    );
    process.exitCode = 1;
  }
} else {
  for (const path of stale) rmSync(join(root, path));
  for (const [path, text] of outdated) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  console.log(`${wanted.size} files, ${outdated.length} written, ${stale.length} deleted`);
}
