/**
 * `npm run soak -- --minutes 10 --sessions 50 --seed 1 --runtime private`: many sessions for a long time,
 * under random kills. Prints what it found, as text or with `--json`; exits 1 when anything was wrong.
 */
import { parseArgs } from "node:util";
import { type Victim, victims } from "../faults/victims.ts";
import { toText } from "./report.ts";
import { soak } from "./soak.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    sessions: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    runtime: { type: "string", default: "private" },
    // Messages a second in all, and seconds between two kills.
    rate: { type: "string", default: "8" },
    "kill-every": { type: "string", default: "12" },
    // Without "hub" and "both" one process of the hub lives through the run, so its memory says most.
    kill: { type: "string", default: victims.join() },
    json: { type: "boolean", default: false },
  },
});
const minutes = Number(values.minutes);
const report = await soak({
  seconds: minutes * 60,
  sessions: Number(values.sessions),
  seed: Number(values.seed),
  runtime: values.runtime === "shared" ? "shared" : "private",
  rate: Number(values.rate),
  killEvery: Number(values["kill-every"]),
  victims: values.kill.split(",") as Victim[],
  // A shorter run is over before the hub has come to its size.
  ...(minutes >= 5 ? { mayGrow: 0.1 } : {}),
  onProgress: (line) => console.error(line),
});
console.log(values.json ? JSON.stringify(report, null, 2) : toText(report));
process.exitCode = report.wrong.length === 0 ? 0 : 1;
