/** Logins on the real codex, which needs no network to begin and to cancel one. */
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

test("a key logs in at once, and out again", async () => {
  await using world = await openWorld();
  await world.codex.loginWithApiKey("sk-not-a-real-key");
  expect((await world.codex.account()).account).toMatchObject({ type: "apiKey" });
  await world.codex.logout();
  expect((await world.codex.account()).account).toBeNull();
});

test("whoever waits for a login hears when the connection is lost for good", async () => {
  await using world = await openWorld({ codex: { restart: false } });
  const login = await world.codex.login({ type: "chatgpt" });
  const outcome = login.completed();
  await world.codex.close();
  await expect(outcome).rejects.toMatchObject({ code: "client_closed" });
});
