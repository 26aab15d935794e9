/** How long a thread is tried to be joined of which codex has stored nothing yet. */

import { type AppServerClient, AppServerError, type ErrorCode } from "@signalbox/app-server";
import type { ThreadStatus } from "@signalbox/protocol";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../store/database.ts";
import { Joining } from "./joining.ts";
import { ThreadProgress } from "./thread-progress.ts";

const running: ThreadStatus = { type: "active", activeFlags: [] };

/** Joins the thread `t`, each try of which `answer` decides: true joins it, else it fails with this. */
function createJoining(
  answer: (count: number) => boolean | ErrorCode,
  progress = new ThreadProgress(openDatabase(":memory:")),
) {
  const asked: unknown[] = [];
  const client = {
    threads: { get: () => undefined },
    request: async () => ({ data: ["t"], nextCursor: null }),
    async join(_: string, from: unknown) {
      asked.push(from);
      const outcome = answer(asked.length);
      if (outcome === true) return;
      throw new AppServerError(outcome === false ? "no_rollout" : outcome, "It is not there.");
    },
  } as unknown as AppServerClient;
  const joining = new Joining({
    isLetGo: () => false,
    progress,
    log: pino({ level: "silent" }),
    clientOf: () => client,
    joined: () => {},
  });
  return { joining, asked, progress, client, ended: () => joining.joinAll(client) };
}

test("a thread that runs is tried until it is stored, and known from when it was heard to run", async () => {
  const { joining, asked, ended } = createJoining((count) => count === 13);
  joining.notice("t", running, 7);
  joining.notice("t", running, 8);
  await ended();
  expect(asked).toEqual(Array.from({ length: 13 }, () => ({ since: 7 })));
});

test("a thread that has stopped is tried once more, since it may have been stored last", async () => {
  const { joining, asked, ended } = createJoining((count) => {
    if (count === 3) joining.notice("t", { type: "idle" }, 9);
    return false;
  });
  joining.notice("t", running, 7);
  await ended();
  expect(asked).toHaveLength(4);
});

test("a thread that is loaded and silent is given up after ten tries, and is not waited for when the hub goes", async () => {
  const silent = createJoining(() => false);
  await silent.ended();
  expect(silent.asked).toHaveLength(10);
  const closing = createJoining(() => false);
  const ended = closing.ended();
  closing.joining.close();
  await ended;
  expect(closing.asked.length).toBeLessThan(2);
});

describe("a thread that ran when an earlier hub ended", () => {
  /** One whose last turn the journal has not seen end. */
  function createLeft(answer: (count: number) => boolean | ErrorCode) {
    const progress = new ThreadProgress(openDatabase(":memory:"));
    const started = { threadId: "t", params: { turn: { id: "a" } } };
    progress.apply({ type: "app_server.turn.started", threadId: "t", value: started } as never);
    return createJoining(answer, progress);
  }

  test("is brought back before anything is begun on it, where the connection was lost at first", async () => {
    const { joining, asked, client } = createLeft((count) => count === 3 || "transport_closed");
    await joining.joinAll(client);
    expect(asked).toHaveLength(1);
    expect(joining.hasLeft).toBe(true);
    await expect(joining.bringBack("t")).rejects.toMatchObject({ code: "runtime_unavailable" });
    await joining.bringBackAll();
    expect(joining.hasLeft).toBe(false);
    await joining.bringBack("t");
    expect(asked).toEqual(
      Array.from({ length: 3 }, () => ({ turnId: "a", ended: false, items: [] })),
    );
  });

  test("is asked for no more once codex has said that it can't be brought back", async () => {
    const { joining, asked, client } = createLeft(() => false);
    await joining.joinAll(client);
    await joining.bringBack("t");
    expect(asked).toHaveLength(1);
  });
});
