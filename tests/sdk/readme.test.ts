/** The programs in the documents are files that the type check compiles. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test.each([
  ["../../packages/sdk/README.md", "./programs/first-program.ts"],
  ["../../docs/remote-skills.md", "./programs/remote-skills.ts"],
])("the program in %s is the one that is compiled", (document, program) => {
  const shown = /```ts\n(.*?)```/s.exec(read(document))?.[1];
  expect(shown).toBe(read(program));
});
