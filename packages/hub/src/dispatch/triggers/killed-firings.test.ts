/** What triggers did when the hub was killed again and again as they fired: real processes, nothing lost, nothing twice. */

import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Firing, operations } from "@signalbox/contract";
import { createCodexHome, startScriptedModel, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { allEvents, type HubProcess, kill, spawnHub } from "../../../fixtures/hub-process.ts";
import { call, StreamClient } from "../../../fixtures/hub-world.ts";
import { postWebhook } from "../../../fixtures/post-webhook.ts";
import { type HubOptions, stopSharedRuntime } from "../../index.ts";

/** Where postings come in; `onPost` is told before they are answered. */
async function startReceiver() {
  const ids: string[] = [];
  const receiver = { ids, url: "", onPost: () => {}, close: () => void server.close() };
  const server = createServer((request, response) => {
    ids.push(String(request.headers["webhook-id"]));
    receiver.onPost();
    request.resume().on("end", () => response.end());
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return receiver;
}

/** All firings, once none of them waits or acts any more. */
async function endedFirings(hub: HubProcess): Promise<Firing[]> {
  const { journal } = await call(hub, operations["system.health"], {});
  using stream = await StreamClient.open(hub, { after: `${journal.epoch}:${journal.head}` });
  for (;;) {
    const heard = stream.events.length;
    const data: Firing[] = [];
    let cursor: string | undefined;
    do {
      const page = await call(hub, operations["triggers.firings.list"], { limit: 200, cursor });
      data.push(...page.data);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    if (data.every(({ endedAt }) => endedAt !== null)) return data;
    await stream.until(() => stream.events.length > heard);
  }
}

/** Kills; every other one comes in the midst of a posting. */
const rounds = 4;

test.each(["private", "shared"] as const)(
  "whenever the hub is killed on a %s codex, each event, time and delivery fires once, and no act is done twice",
  async (runtime) => {
    await using model = await startScriptedModel();
    model.respond(() => text(["One ", "two ", "three."]));
    await using codex = await createCodexHome({ model });
    const receiver = await startReceiver();
    const home = await mkdtemp(join(tmpdir(), "signalbox-firings-"));
    const options: HubOptions = { home, port: 0, env: codex.env, cwd: codex.workspace, runtime };
    let hub = await spawnHub(options);
    const { sessionId } = (await call(hub, operations["sessions.create"], {})).session;
    const create = operations["triggers.create"];
    const add = async (when: object, action: object) =>
      call(hub, create, { name: "Test", sessionId, when, action } as never);
    const onTurn = await add(
      { type: "turn", status: ["completed", "failed", "interrupted"] },
      { type: "post", url: receiver.url },
    );
    const onTime = await add(
      { type: "cron", expression: "* * * * * *", missed: "all" },
      { type: "send", mode: "context", text: "{{firing.id}}" },
    );
    const onHook = await add(
      { type: "webhook" },
      { type: "send", mode: "context", text: "{{event.payload}}" },
    );
    const hookId = onHook.trigger.triggerId;
    const accepted = new Set<string>();
    try {
      for (let round = 1; round <= rounds; round += 1) {
        await call(hub, operations["queue.resume"], { sessionId });
        using stream = await StreamClient.open(hub);
        let killed: Promise<unknown> | undefined;
        const strike = () => {
          killed ??= kill(hub.child, "SIGKILL");
        };
        // Every other round it dies as it posts, before it is answered; else after so many events.
        receiver.onPost = round % 2 === 0 ? strike : () => {};
        const said = call(hub, operations["sessions.send"], {
          sessionId,
          mode: "queue",
          text: "Go",
        }).catch(() => {});
        const delivered = [1, 2, 3].map(async (n) => {
          const id = `${round}-${n}`;
          const hook = { triggerId: hookId, secret: onHook.secret! };
          const answer = await postWebhook(hub, hook, { id, body: id }).catch(() => undefined);
          if (answer?.status === 202) accepted.add(id);
        });
        const enough = round % 2 === 0 ? Number.POSITIVE_INFINITY : 4 + 7 * round;
        await stream
          .until(() => killed !== undefined || stream.events.length >= enough)
          .catch(() => {});
        strike();
        await Promise.allSettled([said, killed, ...delivered]);
        hub = await spawnHub(options);
      }
      receiver.onPost = () => {};
      await call(hub, operations["triggers.pause"], { triggerId: onTime.trigger.triggerId });
      await call(hub, operations["queue.clear"], { sessionId });
      const firings = await endedFirings(hub);
      const events = await allEvents(hub);
      const of = ({ trigger }: { trigger: { triggerId: string } }) =>
        firings.filter(({ triggerId }) => triggerId === trigger.triggerId);

      // Each event of a firing was told once, and nothing but firings.
      const told = events
        .filter(({ type }) => type === "trigger.fired")
        .map(({ payload }) => (payload as { firing: Firing }).firing.firingId);
      expect(told.toSorted()).toEqual(firings.map(({ firingId }) => firingId).toSorted());

      // Each end of a turn fired once.
      const ends = events
        .filter(({ type }) => type === "app_server.turn.completed")
        .map(({ seq }) => seq);
      expect(of(onTurn).map(seqOf).toSorted(byNumber)).toEqual(ends);
      expect(ends.length).toBeGreaterThan(0);

      // Nothing was posted twice, and what is said to be done was.
      expect(new Set(receiver.ids).size).toBe(receiver.ids.length);
      for (const { state, firingId } of of(onTurn)) {
        expect(["done", "ambiguous"]).toContain(state);
        if (state === "done") expect(receiver.ids).toContain(firingId);
      }

      // Each second fired once, those too while there was no hub.
      const times = of(onTime).map(({ cause }) => (cause.type === "time" ? cause.dueAt : 0));
      const [first = 0] = times.toSorted(byNumber);
      expect(times.toSorted(byNumber)).toEqual(times.map((_, n) => first + n * 1_000));

      // Each delivery that was acknowledged fired once, and none that was not sent.
      const hooks = of(onHook).map(({ cause }) =>
        cause.type === "webhook" ? cause.webhookId : "",
      );
      expect(new Set(hooks).size).toBe(hooks.length);
      expect(hooks).toEqual(expect.arrayContaining([...accepted]));

      // What was said was said once: each message is of one firing, and says what it says.
      const messages = await messagesOf(hub, sessionId);
      const ids = messages.map(({ messageId }) => messageId);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { state, result } of [...of(onTime), ...of(onHook)]) {
        // Those that were due when their trigger was paused are canceled.
        expect(["done", "ambiguous", "canceled"]).toContain(state);
        if (state === "done") expect(ids).toContain(result.messageId);
      }
    } finally {
      receiver.close();
      await kill(hub.child, "SIGTERM");
      await stopSharedRuntime(home);
      await rm(home, { recursive: true, force: true });
    }
  },
  180_000,
);

const byNumber = (a: number, b: number) => a - b;

function seqOf({ cause }: Firing): number {
  return cause.type === "turn" ? cause.seq : 0;
}

async function messagesOf(hub: HubProcess, sessionId: string) {
  const all: { messageId: string }[] = [];
  let cursor: string | undefined;
  do {
    const page = await call(hub, operations["messages.list"], { sessionId, limit: 200, cursor });
    all.push(...page.data);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}
