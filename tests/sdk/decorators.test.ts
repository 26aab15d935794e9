/** Handlers as decorated methods, by a program that TypeScript compiles to what Node runs. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { StreamEvent } from "@signalbox/sdk";
import { expect, test } from "vitest";
import { compile } from "./compile.ts";
import { FaultyHub } from "./faulty-hub/commands.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const program = join(root, "tests/sdk/programs/decorated.ts");

test("decorated methods get their events with their own object as this, until it is removed", async () => {
  await using hub = await FaultyHub.start();
  const signal = (method: string, seq: number): StreamEvent => ({
    type: `app_server.${method.replace("/", ".")}`,
    threadId: "t1",
    payload: { signalType: "notification", method },
    seq,
    at: 0,
  });
  const call: StreamEvent = {
    ...signal("item/started", 3),
    type: "app_server.request.item.tool.call",
    payload: { signalType: "request", method: "item/tool/call", requestId: "r1" },
  };
  const plain = { threadId: null, payload: null, at: 0 };
  await hub.tell({
    do: "append",
    events: [
      { ...plain, type: "session.created", seq: 1 },
      signal("item/started", 2),
      call,
      signal("turn/completed", 4),
      { ...plain, type: "the.end", seq: 5 },
    ],
  });

  await using compiled = await compile(program);
  const { stdout } = await run(process.execPath, [
    "--conditions=@signalbox/source",
    compiled.path,
    hub.url,
    hub.token,
  ]);
  expect(JSON.parse(stdout)).toEqual({
    created: 1,
    heard: [
      "one session.created",
      "two session.created",
      "one item/started e1:2",
      "two item/started e1:2",
      "two item/started!",
      "one r1",
      "two r1",
      "two turn/completed!",
    ],
  });
});
