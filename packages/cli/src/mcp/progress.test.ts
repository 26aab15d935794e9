import type { ServerContext } from "@modelcontextprotocol/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { progressInterval, withProgress } from "./progress.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function request(progressToken: string | undefined, notify = vi.fn(async () => undefined)) {
  const mcpReq = { _meta: progressToken === undefined ? undefined : { progressToken }, notify };
  return { context: { mcpReq } as unknown as ServerContext, notify };
}

test("a client that asks is told every interval until the work is done, and then no more", async () => {
  const { context, notify } = request("p");
  const work = Promise.withResolvers<string>();
  const result = withProgress(context, { name: "things.wait", wait: 60_000 }, () => work.promise);
  await vi.advanceTimersByTimeAsync(progressInterval * 2);
  work.resolve("done");
  expect(await result).toBe("done");
  await vi.advanceTimersByTimeAsync(progressInterval * 2);
  const told = (progress: number) => [
    {
      method: "notifications/progress",
      params: {
        progressToken: "p",
        progress,
        total: 60,
        message: `things.wait goes on, ${progress} s so far`,
      },
    },
  ];
  expect(notify.mock.calls).toEqual([told(2), told(4)]);
});

test("a client that does not ask is told nothing", async () => {
  const { context, notify } = request(undefined);
  const work = Promise.withResolvers<string>();
  const result = withProgress(context, { name: "things.wait", wait: 0 }, () => work.promise);
  await vi.advanceTimersByTimeAsync(progressInterval * 2);
  work.resolve("done");
  await result;
  expect(notify).not.toHaveBeenCalled();
});

test("work that fails fails, and a client that is gone disturbs nothing", async () => {
  const gone = vi.fn(async () => {
    throw new Error("closed");
  });
  const { context } = request("p", gone as never);
  const work = Promise.withResolvers<string>();
  const result = withProgress(context, { name: "things.wait", wait: 0 }, () => work.promise);
  const failed = expect(result).rejects.toThrow("no");
  await vi.advanceTimersByTimeAsync(progressInterval);
  expect(gone).toHaveBeenCalledOnce();
  work.reject(new Error("no"));
  await failed;
  expect(vi.getTimerCount()).toBe(0);
});
