/** How long a thread is tried to be joined of which codex has stored nothing yet. */

import type { AppServerClient } from "@signalbox/app-server";
import { AppServerError } from "@signalbox/app-server";
import type { ThreadStatus } from "@signalbox/protocol";
import { pino } from "pino";
import { expect, test } from "vitest";
import { openDatabase } from "../store/database.ts";
import { Joining } from "./joining.ts";
import { ThreadProgress } from "./thread-progress.ts";

const running: ThreadStatus = { type: "active", activeFlags: [] };

/** Joins the thread `t`, each try of which `answer` decides: true joins it. */
function createJoining(answer: (count: number) => boolean) {
  const asked: unknown[] = [];
  const client = {
    threads: { get: () => undefined },
    request: async () => ({ data: ["t"], nextCursor: null }),
    async join(_: string, from: unknown) {
      asked.push(from);
      if (!answer(asked.length)) throw new AppServerError("no_rollout", "no rollout found");
    },
  } as unknown as AppServerClient;
  const joining = new Joining({
    isLetGo: () => false,
    progress: new ThreadProgress(openDatabase(":memory:")),
    log: pino({ level: "silent" }),
    clientOf: () => client,
    joined: () => {},
  });
  return { joining, asked, ended: () => joining.joinAll(client) };
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
