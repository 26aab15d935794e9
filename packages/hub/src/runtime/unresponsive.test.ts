/** A codex that is there and says nothing any more: the real one, stopped by SIGSTOP. */
import { type HubEventPayload, operations } from "@signalbox/contract";
import { gate, text } from "@signalbox/testing";
import { afterEach, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  fetchJson,
  StreamClient,
} from "../../fixtures/hub-world.ts";

const stopped = new Set<number>();
afterEach(() => {
  // What a failed test left would wait for ever.
  for (const pid of stopped) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It was ended, as it should be.
    }
  }
  stopped.clear();
});

function stop(pid: number): void {
  stopped.add(pid);
  process.kill(pid, "SIGSTOP");
}

test.each(["private", "shared"] as const)(
  "a %s codex that hangs makes the hub say so, is ended after its time and started again, and its session goes on",
  async (runtime) => {
    await using world = await createHubWorld({ hub: { runtime, unresponsiveAfter: 4_000 } });
    const { hub, model } = world;
    using stream = await StreamClient.open(hub);
    const { session } = await call(hub, operations["sessions.create"], {});
    const { sessionId } = session;
    model.turn(text(["Half ", gate("half"), "a sentence."]));
    const turn = await call(hub, operations["sessions.send_message"], { sessionId, text: "Talk" });
    await stream.event("app_server.item.agent_message.delta");
    const { codex } = await call(hub, operations["system.health"], {});
    expect(codex).toMatchObject({ running: true, initialized: true });
    expect(codex.notReady).toBeUndefined();
    stop(codex.pid!);

    await expect
      .poll(async () => (await fetchJson(hub, "/readyz")).status, { timeout: 20_000, interval: 50 })
      .toBe(503);
    const hanging = await call(hub, operations["system.health"], {});
    expect(hanging.codex).toMatchObject({
      pid: codex.pid,
      initialized: false,
      notReady: expect.stringContaining("no sign of life"),
    });
    expect(await callRaw(hub, operations["sessions.create"], {})).toMatchObject({
      status: 503,
      body: { code: "runtime_unavailable", retryable: true },
    });

    const exited = await stream.event<HubEventPayload<"runtime.exited">>("runtime.exited");
    expect(exited.payload.message).toContain("no sign of life");
    const started = await stream.event<HubEventPayload<"runtime.started">>(
      "runtime.started",
      ({ seq }) => seq > exited.seq,
    );
    expect(started.payload.pid).not.toBe(codex.pid);
    expect(() => process.kill(codex.pid!, 0)).toThrow("ESRCH");
    const end = await stream.event<{ params: { turn: { id: string; status: string } } }>(
      "app_server.turn.completed",
    );
    expect(end.payload.params.turn).toMatchObject({ id: turn.turnId, status: "interrupted" });

    await expect
      .poll(async () => (await fetchJson(hub, "/readyz")).status, { timeout: 20_000, interval: 50 })
      .toBe(200);
    model.turn(text("Back again."));
    const next = await call(hub, operations["sessions.send_message"], { sessionId, text: "Go on" });
    await stream.event<{ context: { turnId: string } }>(
      "app_server.turn.completed",
      ({ payload }) => payload.context.turnId === next.turnId,
    );
    const typed = (type: string) => stream.events.filter((event) => event.type === type);
    expect(typed("runtime.exited")).toHaveLength(1);
    expect(typed("runtime.started")).toHaveLength(1);
  },
  90_000,
);

test("a hub that finds its shared codex hanging ends it and starts another", async () => {
  await using world = await createHubWorld({
    hub: { runtime: "shared", unresponsiveAfter: 5_000 },
  });
  const { codex } = await call(world.hub, operations["system.health"], {});
  await world.restart(() => stop(codex.pid!));
  const now = await call(world.hub, operations["system.health"], {});
  expect(now.codex).toMatchObject({ running: true, initialized: true });
  expect(now.codex.pid).not.toBe(codex.pid);
  expect(() => process.kill(codex.pid!, 0)).toThrow("ESRCH");
}, 60_000);
