/** The arrows between the packages: DESIGN's table, held against every manifest and every import. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** What each package may import of the others. */
const arrows: Record<string, readonly string[]> = {
  protocol: [],
  contract: ["protocol"],
  "app-server": ["protocol"],
  testing: ["protocol"],
  sdk: ["protocol", "contract"],
  hub: ["protocol", "contract", "app-server"],
  web: ["protocol", "contract", "sdk"],
  cli: ["protocol", "contract", "app-server", "testing", "sdk", "hub"],
};

/** Packages that run in browsers too, with the folders of theirs that do not. */
const neutral: Record<string, readonly string[]> = {
  protocol: [],
  contract: [],
  sdk: ["src/node/"],
  web: [],
};

const packageNames = Object.keys(arrows);
const nameOf = (folder: string) => (folder === "cli" ? "signalbox" : `@signalbox/${folder}`);
const folderOf = new Map(packageNames.map((folder) => [nameOf(folder), folder]));

type Import = { file: string; specifier: string };

function importsOf(folder: string): Import[] {
  const base = join(root, "packages", folder);
  return readdirSync(join(base, "src"), { recursive: true, encoding: "utf8" })
    .filter(
      (file) =>
        /\.tsx?$/.test(file) && !/\.test(-d)?\.tsx?$/.test(file) && !file.startsWith("generated"),
    )
    .flatMap((file) => {
      const path = join(base, "src", file);
      const text = readFileSync(path, "utf8");
      return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([\w@:./#-]+)["']/g)].map(
        ([, specifier = ""]) => ({
          file: relative(base, path),
          specifier,
        }),
      );
    });
}

function packageIn(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

function manifestOf(folder: string): Record<string, Record<string, string> | undefined> {
  return JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
}

test("the packages are those of the table", () => {
  expect(readdirSync(join(root, "packages")).toSorted()).toEqual(packageNames.toSorted());
});

describe.each(packageNames)("%s", (folder) => {
  const allowed = new Set(arrows[folder]);

  test("declares no sibling that the table does not allow", () => {
    const manifest = manifestOf(folder);
    const declared = Object.keys({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.peerDependencies,
    })
      .map((name) => folderOf.get(name))
      .filter((name) => name !== undefined);
    expect(declared.filter((name) => !allowed.has(name))).toEqual([]);
  });

  test("imports no sibling that the table does not allow, nor anything it does not declare", () => {
    const declared = manifestOf(folder).dependencies ?? {};
    const wrong = importsOf(folder).filter(({ specifier }) => {
      if (specifier.startsWith(".") || specifier.startsWith("node:")) return false;
      const name = packageIn(specifier);
      const sibling = folderOf.get(name);
      if (sibling === folder) return false;
      return !(name in declared) || (sibling !== undefined && !allowed.has(sibling));
    });
    expect(wrong).toEqual([]);
  });

  test("reaches into no other package's files", () => {
    const wrong = importsOf(folder).filter(({ file, specifier }) => {
      if (!specifier.startsWith(".")) return false;
      return relative(
        join(root, "packages", folder),
        join(root, "packages", folder, file, "..", specifier),
      ).startsWith("..");
    });
    expect(wrong).toEqual([]);
  });
});

describe.each(Object.keys(neutral))("%s, which runs in browsers too,", (folder) => {
  const nodeOnly = neutral[folder] ?? [];

  test("imports nothing of Node", () => {
    const wrong = importsOf(folder).filter(
      ({ file, specifier }) =>
        specifier.startsWith("node:") && !nodeOnly.some((part) => file.startsWith(part)),
    );
    expect(wrong).toEqual([]);
  });

  test("is compiled without Node's types", () => {
    const config = readFileSync(join(root, "packages", folder, "tsconfig.json"), "utf8");
    expect(config).not.toMatch(/"types"\s*:/);
    const base = readFileSync(join(root, "tsconfig.base.json"), "utf8");
    expect(JSON.parse(base).compilerOptions.types).toEqual([]);
  });
});
