import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startHub } from "./hub.ts";
import { toSpan } from "./to-span.ts";

test.each([
  [undefined, 15],
  [1, 1],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])("a span of %s is %s", (given, span) => {
  expect(toSpan("patience", given, 15)).toBe(span);
});

describe.each(["unresponsiveAfter", "silentAfter"] as const)("a hub's %s", (name) => {
  test.each([0, -1, Number.NaN])("is refused by its name where it is %s", async (span) => {
    const home = await mkdtemp(join(tmpdir(), "signalbox-span-"));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    await expect(startHub({ home, port: 0, [name]: span })).rejects.toMatchObject({
      code: "invalid_request",
      message: `${name} is ${span}: it must be a number of ms above 0, or Infinity.`,
    });
  });
});
