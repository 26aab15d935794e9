/** The program in the README is a file that the type check compiles. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("the program in the README is the one that is compiled", () => {
  const shown = /```ts\n(.*?)```/s.exec(read("../../packages/sdk/README.md"))?.[1];
  expect(shown).toBe(read("./programs/first-program.ts"));
});
