/** The one gate: everything CI runs, in order, each step named, the first failure last on the screen. */
import { spawnSync } from "node:child_process";

const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ["types of every package, and what they build", "tsc", "-b", "tsconfig.build.json"],
  ["types of tests, benches and examples", "tsc", "-p", "tsconfig.json"],
  ["format and lint", "biome", "check", "."],
  ["promises and exhaustive switches", "oxlint", "--type-aware"],
  ["generated files unchanged", "node", "packages/protocol/scripts/generate.ts", "--check"],
  ["tests", "npm", "test"],
];

for (const [name, command, ...args] of steps) {
  const started = performance.now();
  console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(`\nThe check stopped at: ${name} (${[command, ...args].join(" ")}).`);
    process.exit(1);
  }
  console.log(`   ${((performance.now() - started) / 1_000).toFixed(1)} s`);
}
