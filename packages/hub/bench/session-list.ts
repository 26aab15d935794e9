/**
 * A list of 10,000 sessions, asked for over HTTP: its first page, its largest pages and one from the
 * middle, against a bare server that sends the same bytes.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { compareRates, type Figure } from "../../../bench/measure.ts";
import { newSessionRow } from "../fixtures/hub-state.ts";
import { createHubWorld } from "../fixtures/hub-world.ts";
import { inherited } from "../src/sessions/controls.ts";
import { SessionStore } from "../src/sessions/session-store.ts";

const sessions = 10_000;
const asked = 20;
/** Ms an answer may take at most. */
const bar = { most: 50 };

const pages = [
  { name: "first page of 100", query: "" },
  { name: "first page of 200", query: "?limit=200" },
  { name: "page of 200 from the middle", query: `?limit=200&cursor=${sessions / 2}:~` },
] as const;

export async function run(): Promise<Figure[]> {
  await using world = await createHubWorld({ hub: { checkOutputs: false } });
  fill(join(world.home, "signalbox.db"));
  const { url, token } = world.hub;
  const headers = { authorization: `Bearer ${token}` };
  const figures: Figure[] = [];
  for (const { name, query } of pages) {
    const ask = async () => (await fetch(`${url}/api/sessions${query}`, { headers })).text();
    const body = await ask();
    const bare = createServer((_request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(body);
    }).listen(0, "127.0.0.1");
    await once(bare, "listening");
    const floor = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`;
    const rates = await compareRates(
      asked,
      () => repeat(ask),
      () => repeat(async () => (await fetch(floor)).text()),
    );
    bare.close();
    const label = `list of ${sessions} sessions, ${name}`;
    figures.push(
      { name: `${label}, an answer`, unit: "ms", ours: 1000 / rates.ours, floor: 0, bar },
      { name: label, unit: "answers/s", ...rates },
    );
  }
  return figures;
}

async function repeat(work: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < asked; i += 1) await work();
}

/** Puts the sessions where the hub finds them, with tools that a list does not show. */
function fill(path: string): void {
  const database = new DatabaseSync(path);
  const store = new SessionStore(database);
  const tools = Array.from({ length: 16 }, (_, i) => ({
    name: `tool_${i}`,
    description: "Looks something up and says what it found. ".repeat(10),
    inputSchema: { type: "object", properties: { text: { type: "string" } } },
  }));
  database.exec("BEGIN");
  for (let i = 0; i < sessions; i += 1) {
    store.add({
      ...newSessionRow(),
      id: `01990000-0000-7000-8000-${i.toString(16).padStart(12, "0")}`,
      title: `Session ${i}`,
      controls: { ...inherited, model: "gpt-5.4", approvalPolicy: "on-request" },
      tools,
      createdAt: i,
      updatedAt: i,
      cwd: "/home/me/project",
      preview: "What does this project do, and how is it built? ".repeat(5),
      materialized: true,
    });
  }
  database.exec("COMMIT");
  database.close();
}
