/**
 * A hub on a disk that is full. The hub runs in a mount namespace of its own, where its home is a small
 * tmpfs: what it can't store is refused by a real file system.
 */
import { closeSync, copyFileSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { operations } from "@signalbox/contract";
import { createCodexHome, gate, startScriptedModel, text } from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { kill, spawnHub } from "../fixtures/hub-process.ts";
import { call, callRaw, fetchJson, StreamClient } from "../fixtures/hub-world.ts";

/** Takes all the room there is. */
function fill(path: string): void {
  const file = openSync(path, "w");
  try {
    for (const size of [65_536, 4_096, 1]) {
      const chunk = Buffer.alloc(size);
      try {
        for (;;) if (writeSync(file, chunk) === 0) break;
      } catch (error) {
        expect(error).toMatchObject({ code: "ENOSPC" });
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Ends a codex that outlived its hub. */
function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    expect(error).toMatchObject({ code: "ESRCH" });
  }
}

describe.each(["private", "shared"] as const)("with a %s codex", (runtime) => {
  test("a hub whose disk is full goes on serving reads, tells nothing that is not stored, and goes on by itself without a loss when there is room", async () => {
    await using model = await startScriptedModel();
    await using codex = await createCodexHome({ model });
    const home = await mkdtemp(join(tmpdir(), "signalbox-full-"));
    const hub = await spawnHub({ home, port: 0, env: codex.env, cwd: codex.workspace, runtime }, [
      ...["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"],
      'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$@"',
      home,
    ]);
    // The hub's home as the hub sees it.
    const within = join(`/proc/${hub.child.pid}/root`, home);
    const { codex: running } = await call(hub, operations["system.health"], {});
    try {
      const { session } = await call(hub, operations["sessions.create"], {});
      const { sessionId } = session;
      using stream = await StreamClient.open(hub, { threadId: sessionId });
      const before = Array.from({ length: 200 }, (_, n) => `early${n} `);
      const after = Array.from({ length: 6_000 }, (_, n) => `late${n} `);
      model.turn(text([...before, gate("full"), ...after]));
      await call(hub, operations["sessions.send_message"], { sessionId, text: "Talk" });
      await model.gate("full").reached;

      fill(join(within, "ballast"));
      model.gate("full").release();
      await expect
        .poll(async () => (await fetchJson(hub, "/readyz")).status, { timeout: 10_000 })
        .toBe(503);
      expect(await callRaw(hub, operations["sessions.create"], {})).toMatchObject({
        status: 503,
        body: { code: "storage_unavailable", retryable: true },
      });
      // What is stored is served, and the stream is not let go.
      const { body: stored } = await fetchJson(hub, "/api/events?limit=1000");
      expect(stored).toMatchObject({ data: expect.arrayContaining([expect.anything()]) });
      const { data } = await call(hub, operations["sessions.list"], {});
      expect(data.map((each) => each.sessionId)).toEqual([sessionId]);
      const { journal } = await call(hub, operations["system.health"], {});
      expect(journal.writable).toBe(false);
      expect(stream.socket.readyState).toBe(stream.socket.OPEN);
      expect(stream.events.some(({ type }) => type === "app_server.turn.completed")).toBe(false);

      rmSync(join(within, "ballast"));
      await stream.event("app_server.turn.completed");
      expect((await fetchJson(hub, "/readyz")).status).toBe(200);
      const said = stream.events
        .filter(({ type }) => type === "app_server.item.agent_message.delta")
        .map(({ payload }) => (payload as { params: { delta: string } }).params.delta);
      expect(said.join("")).toBe([...before, ...after].join(""));
      // Copied out of the namespace, which ends with the hub.
      for (const file of ["signalbox.db", "signalbox.db-wal"])
        copyFileSync(join(within, file), join(home, file));
      const database = new DatabaseSync(join(home, "signalbox.db"));
      expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
      database.close();
      expect(await kill(hub.child, "SIGTERM")).toBe(0);
    } finally {
      await kill(hub.child, "SIGKILL");
      end(running.pid!);
      await rm(home, { recursive: true, force: true });
    }
  });
});
