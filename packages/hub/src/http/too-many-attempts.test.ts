/** Guessing tokens against a real hub, over HTTP and on the stream. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { createHubWorld } from "../../fixtures/hub-world.ts";
import { maxWrongTokens } from "./wrong-tokens.ts";

test("who guesses is refused with 429 and told when to come again, on the stream too, even with the token", async () => {
  await using world = await createHubWorld();
  const { url, token } = world.hub;
  const ask = (given: string) =>
    fetch(`${url}/api`, { headers: { authorization: `Bearer ${given}` } });
  expect((await ask(token)).status).toBe(200);
  for (let n = 0; n < maxWrongTokens; n++) expect((await ask(`guess-${n}`)).status).toBe(401);
  const refused = await ask(token);
  expect(refused.status).toBe(429);
  const seconds = Number(refused.headers.get("retry-after"));
  expect(seconds).toBeGreaterThan(50);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(await refused.json()).toMatchObject({
    code: "too_many_attempts",
    retryable: true,
    details: { retryAfterSeconds: seconds },
  });
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/stream`, [
    "signalbox",
    `bearer.${token}`,
  ]);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  expect(response.statusCode).toBe(429);
  expect(Number(response.headers["retry-after"])).toBeGreaterThan(50);
  socket.on("error", () => {});
  socket.terminate();
});
