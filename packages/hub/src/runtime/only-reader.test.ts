import { AppServerClient } from "@signalbox/app-server";
import * as fake from "@signalbox/testing";
import { expect, test } from "vitest";
import { readAlone } from "./only-reader.ts";

test("a client whose feed is its only reader keeps nothing for another", async () => {
  await using server = await fake.startScriptedAppServer({
    rules: [fake.on("thread/list", fake.notify("account/updated", {}), fake.reply({ data: [] }))],
  });
  await using client = new AppServerClient({ codexPath: server.command, env: server.env });
  const feed = readAlone(client);
  await client.start();
  await client.request("thread/list", {});
  const late = client.unscoped();
  await client.request("thread/list", {});
  expect(await late.take()).toHaveLength(1);
  const heard = (await feed.take(10)) ?? [];
  expect(heard.filter((event) => JSON.stringify(event).includes("account/updated"))).toHaveLength(
    2,
  );
});
