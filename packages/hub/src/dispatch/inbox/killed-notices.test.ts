/** What sessions and people were told when the hub was killed again and again as it told them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AppServerSignal,
  type HubEventPayload,
  type Message,
  type Notice,
  operations,
  type StreamEvent,
} from "@signalbox/contract";
import { createCodexHome, startScriptedModel, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { allEvents, kill, spawnHub } from "../../../fixtures/hub-process.ts";
import { call, type HubAddress, StreamClient } from "../../../fixtures/hub-world.ts";
import type { HubOptions } from "../../index.ts";

/** What each round dies at: before a message is kept, as it is sent, as its notice is told, after. */
const deaths = [
  "app_server.turn.completed",
  "message.created",
  "message.accepted",
  "inbox.noticed",
  "trigger.fired",
  "app_server.turn.started",
];

test("whenever the hub is killed, each end of a turn is told once to the operator and said once to the other session", async () => {
  await using model = await startScriptedModel();
  model.respond(() => text(["One ", "two."]));
  await using codex = await createCodexHome({ model });
  const home = await mkdtemp(join(tmpdir(), "signalbox-notices-"));
  const options: HubOptions = { home, port: 0, env: codex.env, cwd: codex.workspace };
  let hub = await spawnHub(options);
  const create = async () => (await call(hub, operations["sessions.create"], {})).session.sessionId;
  const [worker, lead] = [await create(), await create()];
  const subscribe = async (more: object) =>
    (
      await call(hub, operations["subscriptions.create"], {
        sessionId: worker,
        once: false,
        ...more,
      })
    ).subscription.triggerId;
  const toOperator = await subscribe({});
  const toLead = await subscribe({ to: lead, deliver: "message" });
  try {
    for (const death of deaths) {
      using stream = await StreamClient.open(hub);
      const goOn = (sessionId: string) =>
        call(hub, operations["queue.resume"], { sessionId, ambiguous: "keep" });
      // A hub that was just started may still be looking for messages, and hold a queue later.
      stream.socket.on("message", () => {
        const { type, payload } = stream.frames.at(-1) as StreamEvent;
        if (type !== "queue.updated") return;
        const { sessionId, hold } = payload as HubEventPayload<"queue.updated">;
        if (hold !== null) goOn(sessionId).catch(() => {});
      });
      for (const sessionId of [worker, lead]) await goOn(sessionId);
      const said = call(hub, operations["sessions.send"], {
        sessionId: worker,
        mode: "queue",
        text: "Go",
      }).catch(() => {});
      await stream.event(death, ({ payload }) => isToLead(payload, lead)).catch(() => {});
      await kill(hub.child, "SIGKILL");
      await said;
      hub = await spawnHub(options);
    }
    const events = await settledEvents(hub, [toOperator, toLead]);

    const ends = events.filter(({ type, payload }) => isDone(type, payload, worker));
    expect(ends.length).toBeGreaterThan(0);
    const turns = ends.map(({ payload }) => turnOf(payload).id).toSorted();
    const told = events
      .filter(({ type }) => type === "inbox.noticed")
      .map(({ payload }) => (payload as HubEventPayload<"inbox.noticed">).notice);
    const kept = (await call(hub, operations["inbox.list"], { everyone: true, limit: 200 })).data;
    expect(kept.map(({ noticeId }) => noticeId).toSorted()).toEqual(
      told.map(({ noticeId }) => noticeId).toSorted(),
    );
    for (const triggerId of [toOperator, toLead]) {
      const own = told.filter((notice) => notice.triggerId === triggerId);
      expect(own.map(({ about }) => about.turnId).toSorted()).toEqual(turns);
    }

    // What was said to the session is what its notices say was: one message each.
    const { data } = await call(hub, operations["messages.list"], { sessionId: lead, limit: 200 });
    const messages = data.filter(({ actor }: Message) => actor === toLead);
    const named = told.flatMap(({ messageId }: Notice) => messageId ?? []);
    expect(messages.map(({ messageId }) => messageId).toSorted()).toEqual(named.toSorted());
  } finally {
    await kill(hub.child, "SIGTERM");
    await rm(home, { recursive: true, force: true });
  }
}, 180_000);

/** Everything that happened, once no firing of these triggers waits or acts any more. */
async function settledEvents(
  hub: HubAddress,
  triggerIds: readonly string[],
): Promise<StreamEvent[]> {
  const { journal } = await call(hub, operations["system.health"], {});
  using stream = await StreamClient.open(hub, { after: `${journal.epoch}:${journal.head}` });
  for (;;) {
    const heard = stream.events.length;
    const pages = await Promise.all(
      triggerIds.map((triggerId) =>
        call(hub, operations["triggers.firings.list"], { triggerId, limit: 200 }),
      ),
    );
    if (pages.every(({ data }) => data.every(({ endedAt }) => endedAt !== null))) {
      return allEvents(hub);
    }
    await stream.until(() => stream.events.length > heard);
  }
}

/** Messages are waited for in the session that is told; all else anywhere. */
function isToLead(payload: unknown, lead: string): boolean {
  const { message } = payload as { message?: Pick<Message, "sessionId"> };
  return message === undefined || message.sessionId === lead;
}

function isDone(type: string, payload: unknown, sessionId: string): boolean {
  if (type !== "app_server.turn.completed") return false;
  const { context } = payload as AppServerSignal;
  return context?.threadId === sessionId && /^(completed|failed)$/.test(turnOf(payload).status);
}

function turnOf(payload: unknown): { id: string; status: string } {
  return (payload as AppServerSignal<string, { turn: { id: string; status: string } }>).params.turn;
}
