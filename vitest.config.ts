import { join } from "node:path";
import { defineConfig } from "vitest/config";

// What tests start in processes of their own is compiled once, not by each of them again.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "node_modules/.cache/node-compile");

export default defineConfig({
  resolve: { conditions: ["@signalbox/source", "node", "import", "default"] },
  ssr: { resolve: { conditions: ["@signalbox/source", "node", "import", "default"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"],
    typecheck: { enabled: false },
    // Whole hubs and codexes are started and killed: a slow machine needs its time, and a hang shows all the same.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--conditions=@signalbox/source", "--expose-gc"],
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
