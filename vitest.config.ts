import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@signalbox/source", "node", "import", "default"] },
  ssr: { resolve: { conditions: ["@signalbox/source", "node", "import", "default"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"],
    typecheck: { enabled: false },
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--conditions=@signalbox/source", "--expose-gc"],
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
