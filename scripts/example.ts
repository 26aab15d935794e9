/** `npm run example NAME`: runs examples/NAME.ts. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = join(import.meta.dirname, "..", "examples");
const name = process.argv[2];
const file = join(folder, `${name}.ts`);
if (name === undefined || !existsSync(file)) {
  const names = readdirSync(folder).map((entry) => entry.replace(/\.ts$/, ""));
  console.error(`Name one of the examples: ${names.join(", ")}.`);
  process.exit(2);
}
await import(pathToFileURL(file).href);
