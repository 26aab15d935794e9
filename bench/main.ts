/**
 * `npm run bench [name]`: every figure DESIGN sets a bar for, beside its floor. Exits 1 when a bar is
 * missed. Each suite has a process of its own: what V8 learned and kept in one would tell in the next.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Figure, meetsBar, shareOf } from "./measure.ts";

const root = join(import.meta.dirname, "..");
const wanted = process.argv[2];
const suites = globSync(["bench/*/*.ts", "packages/*/bench/*.ts"], { cwd: root }).toSorted();
const format = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
let missed = 0;

if (wanted !== undefined && suites.includes(wanted)) await runSuite(wanted);
else {
  console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}\n`);
  for (const suite of suites) if (wanted === undefined || suite.includes(wanted)) runApart(suite);
  if (missed > 0) console.log(`\nA bar was missed.`);
}
process.exitCode = missed > 0 ? 1 : 0;

function runApart(suite: string): void {
  const { status } = spawnSync(
    process.execPath,
    [...process.execArgv, import.meta.filename, suite],
    {
      stdio: "inherit",
    },
  );
  if (status !== 0) missed += 1;
}

async function runSuite(suite: string): Promise<void> {
  // What suites share lies beside them.
  const { run } = (await import(pathToFileURL(join(root, suite)).href)) as {
    run?: () => Promise<Figure[]>;
  };
  for (const figure of (await run?.()) ?? []) print(figure);
}

function print(figure: Figure): void {
  const good = meetsBar(figure);
  if (!good) missed += 1;
  const { name, unit, ours, floor, bar } = figure;
  const against =
    floor === 0 ? "" : `, floor ${format.format(floor)}, ratio ${shareOf(figure).toFixed(2)}`;
  const limit = bar === undefined ? "none" : "least" in bar ? `>= ${bar.least}` : `<= ${bar.most}`;
  console.log(
    `${good ? "ok  " : "MISS"} ${name}: ${format.format(ours)} ${unit}${against} (bar ${limit})`,
  );
}
