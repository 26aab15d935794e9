/** Writes `src/generated/command-list.ts`, which a test holds to the operations. */
import { mkdirSync, writeFileSync } from "node:fs";
import { renderCommandList } from "../src/cli/command-list.ts";
import { operations } from "../src/index.ts";

const file = new URL("../src/generated/command-list.ts", import.meta.url);
mkdirSync(new URL(".", file), { recursive: true });
writeFileSync(file, renderCommandList(operations));
