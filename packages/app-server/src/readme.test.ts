import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MINIMUM_CODEX_VERSION } from "./rpc/codex-version.ts";

const read = (path: string) => readFileSync(join(import.meta.dirname, "..", path), "utf8");

test("the README's program is the example that runs, and its facts are the package's", () => {
  const readme = read("README.md");
  expect(/```ts\n([\s\S]*?)```\n/.exec(readme)?.[1]).toBe(read("../../examples/two-turns.ts"));
  expect(readme.split("\n").length).toBeLessThanOrEqual(40);
  expect(readme).toContain(`codex ${MINIMUM_CODEX_VERSION} or newer`);
  expect(read("package.json")).toContain('"node": ">=22.18"');
});
