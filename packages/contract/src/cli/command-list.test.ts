import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operations } from "../index.ts";
import { renderCommandList } from "./command-list.ts";

// Renew it with npm run generate, or alone with
// node --conditions=@signalbox/source packages/contract/scripts/generate-command-list.ts
test("the generated list of commands is what the operations make", () => {
  const file = new URL("../generated/command-list.ts", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(renderCommandList(operations));
});
