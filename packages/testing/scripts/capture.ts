/**
 * Captures the transcripts from the installed Codex: `node --conditions=@signalbox/source
 * packages/testing/scripts/capture.ts [NAME ...]`, all of them when none is named.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import type { WireLine } from "../fixtures/line-client.ts";
import { type RealCodex, startRealCodex } from "../fixtures/real-codex.ts";
import { findCodex } from "../src/index.ts";
import { Normaliser } from "../src/transcripts/normalise.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios/index.ts";

const DIRECTORY = fileURLToPath(new URL("../transcripts/", import.meta.url));
/** A scenario that takes longer waits for what does not come. */
const PATIENCE_MS = 30_000;

const wanted = process.argv.slice(2);
const chosen = scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const unknown = wanted.filter((name) => !chosen.some((one) => one.name === name));
if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(", ")}.`);

if (wanted.length === 0) await rm(DIRECTORY, { recursive: true, force: true });
await mkdir(DIRECTORY, { recursive: true });
for (const scenario of chosen) {
  const lines = await capture(scenario);
  await writeFile(`${DIRECTORY}${scenario.name}.jsonl`, lines.map((line) => `${line}\n`).join(""));
  process.stdout.write(`${scenario.name}: ${lines.length} lines\n`);
}

async function capture(scenario: Scenario): Promise<string[]> {
  await using codex = await startRealCodex(scenario.options);
  const patience = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const last = codex.client.lines.slice(-3).map((line) => JSON.stringify(line).slice(0, 500));
    const missing = codex.model.unscripted.map(({ lastUserText }) => lastUserText.slice(0, 200));
    patience.reject(
      new Error([`${scenario.name} waits in vain after`, ...last, ...missing].join("\n")),
    );
  }, PATIENCE_MS);
  try {
    await Promise.race([scenario.run(codex), patience.promise]);
  } finally {
    clearTimeout(timer);
  }
  return normalise(codex, codex.client.lines);
}

function normalise(codex: RealCodex, lines: readonly WireLine[]): string[] {
  const normaliser = new Normaliser([
    [codex.home.workspace, "/workspace"],
    [`${codex.home.dir}/home`, "/home/user"],
    [codex.home.dir, "/codex-home"],
    [findCodex(), "/usr/bin/codex"],
    [process.execPath, "/usr/bin/node"],
    [fileURLToPath(new URL("../", import.meta.url)), "/packages/testing/"],
  ]);
  return lines.map(({ dir, message }) => {
    const from = dir === "in" ? "server" : "client";
    return JSON.stringify({ from, message: normaliser.value(withoutSurroundings(message)) });
  });
}

/**
 * A copy without the host's name, which stands in a field of its own (as a text it may be part of
 * anything), and without the instructions that Codex puts before a conversation.
 */
function withoutSurroundings(message: object): unknown {
  return JSON.parse(JSON.stringify(message), (key, value: unknown) => {
    if (key === "serverName" && value === hostname()) return "host";
    if (key === "text" && typeof value === "string" && /^<[a-z_ ]+>/.test(value)) {
      return value.startsWith("<proposed_plan>") ? value : "(context)";
    }
    return value;
  });
}
