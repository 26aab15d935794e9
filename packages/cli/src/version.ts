/** This package's version, as its manifest says. */
import { createRequire } from "node:module";

const manifest: { readonly version: string } = createRequire(import.meta.url)("../package.json");

/** Such as `1.2.3`. */
export const version = manifest.version;
