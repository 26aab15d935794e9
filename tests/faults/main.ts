/**
 * `npm run faults -- --kills 200 --runtime private --seed 1`: random kills, counted. Exits 1 when
 * anything was missed, doubled or changed. `--journal FILE` keeps what the journal holds in the end, an
 * event a line.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { killAtRandom } from "./random-kills.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    runtime: { type: "string", default: "private" },
    journal: { type: "string" },
  },
});
const runtime = values.runtime === "shared" ? "shared" : "private";
const seed = Number(values.seed);
console.log(`${values.kills} kills, runtime ${runtime}, seed ${seed}`);
const report = await killAtRandom({
  kills: Number(values.kills),
  seed,
  runtime,
  onEnd(events) {
    if (values.journal === undefined) return;
    writeFileSync(values.journal, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  },
  onKill(victim, count, events) {
    if (process.stdout.isTTY || count % 10 === 0)
      console.log(`kill ${count}: ${victim}; ${events} events so far`);
  },
});
console.log(JSON.stringify(report, null, 2));
const { missed, doubled, changed, replayed, openTurns, openRequests, gaps } = report;
const wrong = [missed, doubled, changed, openTurns, openRequests, ...Object.values(replayed)];
process.exitCode = wrong.every(({ length }) => length === 0) && gaps === 0 ? 0 : 1;
