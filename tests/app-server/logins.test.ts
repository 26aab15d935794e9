/** Logins on the real codex, which needs no network to begin and to cancel one. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openWorld } from "./world.ts";

test("two logins end each by its own id: the first when the second begins, the second when it is cancelled", async () => {
  await using world = await openWorld();
  const one = await world.codex.login({ type: "chatgpt" });
  const two = await world.codex.login({ type: "chatgpt" });
  expect(new URL(one.url).hostname).toBe("auth.openai.com");
  expect(one.loginId).not.toBe(two.loginId);
  let isTwoOver = false;
  void two.completed().then(() => {
    isTwoOver = true;
  });
  expect(await one.completed()).toMatchObject({ success: false });
  expect(isTwoOver).toBe(false);
  await two.cancel();
  expect(await two.completed()).toMatchObject({ success: false });
});

test("a key is stored when it logs in and gone when it logs out", async () => {
  await using world = await openWorld();
  const stored = join(world.home.dir, "auth.json");
  await world.codex.loginWithApiKey("sk-not-a-real-key");
  expect(await readFile(stored, "utf8")).toContain("sk-not-a-real-key");
  expect(JSON.stringify(world.log)).not.toContain("sk-not-a-real-key");
  await world.codex.logout();
  expect(existsSync(stored)).toBe(false);
});

test("whoever waits for a login hears when the connection is lost for good", async () => {
  await using world = await openWorld({ codex: { restart: false } });
  const login = await world.codex.login({ type: "chatgpt" });
  const outcome = login.completed();
  await world.codex.close();
  await expect(outcome).rejects.toMatchObject({ code: "client_closed" });
});
