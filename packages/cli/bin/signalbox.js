#!/usr/bin/env node
// Plain JavaScript without static imports, so that an old Node says what it lacks instead of failing
// on syntax or on a module it does not have.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `signalbox needs Node 22.18 or later, and ${process.execPath} is ${process.version}. Install a newer Node, or put one first on PATH.`,
  );
  // The exit code of the category "unsupported".
  process.exit(12);
}

// What is compiled once is kept in a folder of the user's, so that the next start needs less. Node itself
// goes by NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE, and does without where it can't write.
const { enableCompileCache } = await import("node:module");
const { homedir } = await import("node:os");
const { isAbsolute, join } = await import("node:path");
try {
  const { XDG_CACHE_HOME: given = "" } = process.env;
  const caches = isAbsolute(given) ? given : join(homedir(), ".cache");
  enableCompileCache(join(caches, "signalbox", "compiled"));
} catch {
  // There is no home folder.
}

const { existsSync } = await import("node:fs");
const source = new URL("../src/main.ts", import.meta.url);
const isCheckout = existsSync(source);
if (isCheckout) {
  // In the checkout every package runs from its TypeScript source, which one export condition selects.
  const { registerHooks } = await import("node:module");
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, "@signalbox/source"] }),
  });
}
const { main } = await import(
  isCheckout ? source.href : new URL("../dist/main.js", import.meta.url).href
);
process.exitCode = await main(process.argv.slice(2));
