/** This package's version, as its manifest says. */
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

/** Such as `1.2.3`. */
export const version: string = manifest.version;
