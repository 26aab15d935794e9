/** `npm run example NAME [ARGUMENT...]`: runs examples/NAME.ts, which sees its own arguments only. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = join(import.meta.dirname, "..", "examples");
const name = process.argv[2];
const file = join(folder, `${name}.ts`);
if (name === undefined || !existsSync(file)) {
  const names = readdirSync(folder)
    .filter((entry) => entry.endsWith(".ts"))
    .map((entry) => entry.replace(/\.ts$/, ""));
  console.error(`Name one of the examples: ${names.join(", ")}.`);
  process.exit(2);
}
process.argv.splice(2, 1);
await import(pathToFileURL(file).href);
