import { expect, test } from "vitest";
import type { Message } from "./message.ts";
import { PartlyHeard } from "./partly-heard.ts";

const about = { threadId: "t", turnId: "u" };
const started = (id: string, type = "agentMessage") => message("item/started", { id, type });
const completed = (id: string, type = "agentMessage") => message("item/completed", { id, type });

function message(method: string, item: { id: string; type: string }): Message {
  return { method, params: { ...about, item } } as unknown as Message;
}

function delta(itemId: string, turnId = "u"): Message {
  const params = { ...about, turnId, itemId, delta: "word" };
  return { method: "item/agentMessage/delta", params } as Message;
}

/** How often a turn said that something was missed, after each message. */
function missesAfter(...messages: Message[]): number[] {
  const turns = new PartlyHeard();
  let missed = 0;
  turns.watch("u", () => {
    missed += 1;
  });
  return messages.map((each) => {
    turns.observe(each);
    return missed;
  });
}

test("items that begin after the turn is watched are heard whole, also side by side", () => {
  expect(
    missesAfter(started("a"), started("b"), delta("b"), delta("a"), completed("a"), completed("b")),
  ).toEqual([0, 0, 0, 0, 0, 0]);
});

test("an item that goes on or ends, and whose beginning was not heard, is told once", () => {
  expect(missesAfter(started("b"), delta("a"), delta("a"), completed("a"))).toEqual([0, 1, 1, 1]);
  expect(missesAfter(completed("a"), delta("b"))).toEqual([1, 1]);
});

test("a message of the user has no deltas, and what other turns do is none of this one's", () => {
  expect(missesAfter(completed("a", "userMessage"), delta("b", "other"))).toEqual([0, 0]);
});

test("a turn is watched until it ends, or is forgotten", () => {
  const turns = new PartlyHeard();
  for (const id of ["u", "v"]) turns.watch(id, () => {});
  turns.forget("v");
  expect(turns.isEmpty).toBe(false);
  const end = { method: "turn/completed", params: { threadId: "t", turn: { id: "u" } } };
  turns.observe(end as unknown as Message);
  expect(turns.isEmpty).toBe(true);
});
