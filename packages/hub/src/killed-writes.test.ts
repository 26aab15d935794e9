/** What is left of writes in whose midst the hub was killed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operations } from "@signalbox/contract";
import { createCodexHome, startScriptedModel } from "@signalbox/testing";
import { expect, test } from "vitest";
import { type HubProcess, kill, spawnHub } from "../fixtures/hub-process.ts";
import { call, StreamClient } from "../fixtures/hub-world.ts";
import type { HubOptions } from "./index.ts";

/** A text of many pages in which nothing but one number stands, so that half of it is no such text. */
const filled = (n: number) => `${n} `.repeat(5_000);

/** Something that is written again and again, each time with the next number. */
interface Written {
  readonly write: (hub: HubProcess, n: number) => Promise<unknown>;
  /** The number of what is there. Fails when it is not whole. */
  readonly read: (hub: HubProcess) => Promise<number>;
  /** The last number sent, and the last one answered. */
  sent: number;
  answered: number;
}

/** The one number a text is filled with. */
function numberIn(text: unknown): number {
  const n = Number.parseInt(String(text), 10);
  expect(String(text) === filled(n), `whole: ${String(text).slice(0, 40)}`).toBe(true);
  return n;
}

test("after kill -9 in the midst of writes titles, projects, settings and entries are whole, and all that was answered is there", async () => {
  await using model = await startScriptedModel();
  await using codex = await createCodexHome({ model });
  const home = await mkdtemp(join(tmpdir(), "signalbox-writes-"));
  const options: HubOptions = { home, port: 0, env: codex.env, cwd: codex.workspace };
  let hub = await spawnHub(options);
  const { sessionId } = (await call(hub, operations["sessions.create"], {})).session;
  const { projectId } = (await call(hub, operations["projects.create"], { name: "0" })).project;
  const entry = {
    sessionId,
    messageId: "m",
    turnId: "01990000-0000-7000-8000-0000000000fe",
    role: "system",
    type: "note",
    status: "complete",
  } as const;
  const session = async (from: HubProcess) =>
    (await call(from, operations["sessions.get"], { sessionId })).session;
  const kinds: Pick<Written, "write" | "read">[] = [
    {
      write: (to, n) => call(to, operations["sessions.rename"], { sessionId, title: `${n}` }),
      read: async (from) => Number((await session(from)).title),
    },
    {
      write: (to, n) => call(to, operations["projects.rename"], { projectId, name: `${n}` }),
      read: async (from) =>
        Number((await call(from, operations["projects.list"], {})).data[0]!.name),
    },
    {
      write: (to, n) =>
        call(to, operations["sessions.settings.set"], {
          sessionId,
          mode: "replace",
          settings: { first: filled(n), second: filled(n) },
        }),
      read: async (from) => {
        const { controls } = await call(from, operations["sessions.controls.get"], { sessionId });
        const { first, second } = controls.settings;
        expect(numberIn(second)).toBe(numberIn(first));
        return numberIn(first);
      },
    },
    {
      write: (to, n) =>
        call(to, operations["sessions.transcript.upsert"], { ...entry, content: filled(n) }),
      read: async (from) => {
        const list = operations["sessions.transcript.list"];
        const { data } = await call(from, list, { sessionId, limit: 200 });
        return numberIn(data.find(({ messageId }) => messageId === entry.messageId)?.content);
      },
    },
  ];
  const all: Written[] = kinds.map((kind) => ({ ...kind, sent: 0, answered: 0 }));
  try {
    for (const one of all) await writeOnce(one, hub);
    for (let round = 1; round <= 6; round += 1) {
      // Each round the hub dies after another number of answers, with a write of each under way.
      await writeUntilKilled(all, hub, 3 * round + (round % 4));
      hub = await spawnHub(options);
      using stream = await StreamClient.open(hub);
      for (const one of all) {
        const found = await one.read(hub);
        expect(found).toBeGreaterThanOrEqual(one.answered);
        expect(found).toBeLessThanOrEqual(one.sent);
      }
      // What is there can be written on.
      for (const one of all) await writeOnce(one, hub);
      await stream.event("session.updated");
    }
  } finally {
    await kill(hub.child, "SIGTERM");
    await rm(home, { recursive: true, force: true });
  }
}, 120_000);

async function writeOnce(one: Written, hub: HubProcess): Promise<void> {
  one.sent += 1;
  const n = one.sent;
  await one.write(hub, n);
  one.answered = n;
}

/** Keeps writing everything at once until so many answers have come, and kills the hub then. */
async function writeUntilKilled(all: readonly Written[], hub: HubProcess, answers: number) {
  let left = answers;
  let killed: Promise<unknown> | undefined;
  const writing = all.map(async (one) => {
    while (killed === undefined) {
      try {
        await writeOnce(one, hub);
      } catch (error) {
        if (killed === undefined) throw error;
      }
      left -= 1;
      if (left <= 0) killed ??= kill(hub.child, "SIGKILL");
    }
  });
  await Promise.all(writing);
  await killed;
}
