import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { toRealPath } from "./real-path.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "signalbox-paths-")));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, "in"));
mkdirSync(join(root, "out"));
writeFileSync(join(root, "in/file"), "");
symlinkSync(join(root, "out"), join(root, "in/link"));
symlinkSync(join(root, "nowhere"), join(root, "in/dangling"));

test("a path is what its links lead to, as far as it exists", () => {
  expect(toRealPath(join(root, "in/file"))).toBe(join(root, "in/file"));
  expect(toRealPath(join(root, "in/new/deep"))).toBe(join(root, "in/new/deep"));
  expect(toRealPath(join(root, "in/link/new"))).toBe(join(root, "out/new"));
  expect(toRealPath("/")).toBe("/");
});

test("a path that steps upwards, leads nowhere or is not absolute is not known", () => {
  for (const path of ["in/file", "", `${root}/in/../out`, `${root}/in/dangling`]) {
    expect(toRealPath(path), path).toBeUndefined();
  }
  expect(toRealPath(join(root, "in/dangling/x"))).toBeUndefined();
  expect(toRealPath(join(root, "in/file/x"))).toBeUndefined();
});
