import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the README's example is the one that is compiled", () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, "..", path), "utf8");
  const example = read("fixtures/readme.ts").split("// ----\n")[1];
  expect(read("README.md")).toContain(`\`\`\`ts\n${example}\`\`\`\n`);
});
