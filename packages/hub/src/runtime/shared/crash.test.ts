/** The end of the shared app-server under a hub that stays, and what lies in its home, on the real codex. */
import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HubEventPayload, operations, type RequestResolution } from "@signalbox/contract";
import { execCommand, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { call, StreamClient } from "../../../fixtures/hub-world.ts";
import { createSharedWorld } from "../../../fixtures/shared-world.ts";
import { startHub } from "../../index.ts";

const log = { level: "silent" as const };
const mode = (path: string) => statSync(path).mode & 0o777;

test("after kill -9 of the shared app-server another is started: told once, its questions ended once, the session goes on", async () => {
  await using world = await createSharedWorld();
  const { model } = world;
  await using hub = await startHub({ ...world.options, log });
  using stream = await StreamClient.open(hub);
  const { session } = await call(hub, operations["sessions.create"], {});
  const { sessionId } = session;
  model.turn(execCommand({ cmd: "true", escalate: true }));
  const { turnId } = await call(hub, operations["sessions.send_message"], {
    sessionId,
    text: "Go",
  });
  const asked = await stream.event("request.opened");
  const { codex } = await call(hub, operations["system.health"], {});
  process.kill(codex.pid!, "SIGKILL");

  const started = await stream.event<HubEventPayload<"runtime.started">>(
    "runtime.started",
    ({ payload }) => payload.generation === 2,
  );
  expect(started.payload.pid).not.toBe(codex.pid);
  const ended = await stream.event<{ params: { turn: { id: string; status: string } } }>(
    "app_server.turn.completed",
  );
  expect(ended.payload).toMatchObject({
    recovered: true,
    params: { turn: { id: turnId, status: "interrupted" } },
  });
  model.turn(text("Back again."));
  const next = await call(hub, operations["sessions.send_message"], { sessionId, text: "Go on" });
  await stream.event<{ context: { turnId: string } }>(
    "app_server.turn.completed",
    ({ payload }) => payload.context.turnId === next.turnId,
  );
  const typed = (type: string) => stream.events.filter((event) => event.type === type);
  expect(typed("runtime.exited")).toMatchObject([{ payload: { generation: 1 } }]);
  expect(typed("runtime.started").map(({ seq }) => seq)).toEqual([started.seq]);
  expect(
    typed("request.resolved").map(({ payload }) => payload as RequestResolution),
  ).toMatchObject([
    { requestId: asked.payload.requestId, outcome: "expired", reason: "runtime_exited" },
  ]);
  const [exited] = typed("runtime.exited");
  expect(exited!.seq).toBeLessThan(started.seq);
});

test("the socket, the identity and the log are for their owner only, and a long log is cut when the next hub comes", async () => {
  await using world = await createSharedWorld();
  const path = (name: string) => join(world.home, name);
  const first = await startHub({ ...world.options, log });
  expect(mode(world.home)).toBe(0o700);
  for (const name of ["app-server.sock", "app-server.json", "app-server.log"]) {
    expect(mode(path(name))).toBe(0o600);
  }
  await first.close();
  appendFileSync(path("app-server.log"), `${"x".repeat(8 * 1024 * 1024)}the end`);
  await using second = await startHub({ ...world.options, log });
  expect(second.url).toMatch(/^http/);
  expect(statSync(path("app-server.log")).size).toBeLessThan(100_000);
  expect(statSync(path("app-server.log.1")).size).toBe(1024 * 1024);
  expect(readFileSync(path("app-server.log.1"), "utf8")).toMatch(/x+the end$/);
  expect(mode(path("app-server.log.1"))).toBe(0o600);
});

test("an identity that names another process, or nothing that can be read, is not taken for the app-server", async () => {
  await using world = await createSharedWorld();
  const path = join(world.home, "app-server.json");
  const stranger = { id: "x", pid: process.pid, stamp: "another time", codexPath: "/codex" };
  for (const left of [JSON.stringify(stranger), "{", ""]) {
    writeFileSync(path, left);
    await using hub = await startHub({ ...world.options, log });
    const { codex } = await call(hub, operations["system.health"], {});
    expect(codex.pid).not.toBe(process.pid);
    process.kill(codex.pid!, "SIGKILL");
  }
});
