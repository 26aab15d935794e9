/** Reviews on the real codex: it announces such a turn under one id and ends it under another, its root's. */
import { text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { first, openWorld } from "./world.ts";

test("a thread is free again after a review, and the review's own turn is watched to its end", async () => {
  await using world = await openWorld();
  world.model.turn(text("hello"));
  world.model.turn(text("Nothing to find."));
  world.model.turn(text("and on we go"));
  const { client } = world.codex;
  const thread = await world.codex.startThread();
  await thread.run("hi");
  const ended = first(thread.events(), ({ method }) => method === "turn/completed");
  const reservation = client.reserve(thread.id);
  const { turn } = await client.request("review/start", {
    threadId: thread.id,
    target: { type: "custom", instructions: "Look at it." },
  });
  const review = reservation.attach(turn.id);
  expect(await review.ended).toMatchObject({ id: turn.id, status: "completed" });
  expect(review.items.map(({ type }) => type)).toContain("exitedReviewMode");
  await ended;
  expect(thread.activeTurn).toBeUndefined();
  expect((await thread.run("next")).text).toBe("and on we go");
});
