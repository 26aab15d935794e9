/**
 * `npm run soak -- --minutes 10 --sessions 50`: many sessions for a long time, under random kills.
 * Prints what it found, as text or with `--json`; exits 1 when anything was wrong.
 */
import { parseArgs } from "node:util";
import { type Victim, victims } from "../faults/victims.ts";
import { toText } from "./report.ts";
import { soak } from "./soak.ts";

const help = `npm run soak -- [options]

  --minutes M           how long things are killed and said; 10
  --sessions N          1 to 200; 50
  --runtime R           private or shared; private
  --seed S              the same seed makes the same choices; any
  --rate R              messages a second in all; 8
  --kill-every S        seconds between two kills, on average; 12
  --kill A,B            what is killed, of hub, codex and both; all three
  --json                the report as JSON

In the end every message, question, webhook, due time and event is held against what became of it.

Memory: the hub collects all garbage every 5 seconds, and what is left, heap and resident, is noted. The
median of the second fifth of the run (minute 2 to 4 of 10) is compared with that of the last fifth, and
a run of 5 minutes or more fails where either grew by more than 10 %. With --kill codex one process of
the hub lives throughout and is compared with itself, which shows what it leaks. Otherwise the hub is
replaced at each kill, and processes of the same age are compared, which shows what a hub takes up from
its history. To show both, run it both ways.`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    sessions: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    runtime: { type: "string", default: "private" },
    rate: { type: "string", default: "8" },
    "kill-every": { type: "string", default: "12" },
    kill: { type: "string", default: victims.join() },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(help);
} else {
  const minutes = Number(values.minutes);
  const report = await soak({
    seconds: minutes * 60,
    sessions: Number(values.sessions),
    seed: Number(values.seed),
    runtime: oneOf("runtime", ["private", "shared"], values.runtime),
    rate: Number(values.rate),
    killEvery: Number(values["kill-every"]),
    victims: values.kill.split(",").map((name): Victim => oneOf("kill", victims, name)),
    // A shorter run is over before the hub has come to its size.
    ...(minutes >= 5 ? { mayGrow: 0.1 } : {}),
    onProgress: (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify(report, null, 2) : toText(report));
  process.exitCode = report.wrong.length === 0 ? 0 : 1;
}

function oneOf<Name extends string>(option: string, names: readonly Name[], given: string): Name {
  const found = names.find((name) => name === given);
  if (found === undefined) throw new Error(`--${option} takes ${names.join(", ")}, not ${given}.`);
  return found;
}
