import { expect, test } from "vitest";
import { type Operation, operations } from "../index.ts";

const all: readonly Operation[] = Object.values(operations);

test("what takes something away is named here, and nothing else asks first", () => {
  const names = all.filter(({ intent }) => intent === "destroy").map(({ name }) => name);
  expect(names.toSorted()).toEqual([
    "account.logout",
    "projects.chats.delete_all",
    "projects.chats.move_all",
    "projects.delete",
    "queue.clear",
    "sessions.archive",
    "sessions.delete",
    "sessions.detach",
    "sessions.goal.clear",
    "sessions.rollback",
    "subscriptions.delete",
    "triggers.delete",
  ]);
});

/** What looks, but is asked more than a URL can say. */
const askedInBody = ["sessions.plan", "triggers.test"];

test("what only looks is a GET, unless it is asked more than a URL can say, and can be done twice; all else is not a GET", () => {
  for (const { name, intent, http, idempotent } of all) {
    const isGet = intent === "read" && !askedInBody.includes(name);
    expect([name, http.method === "GET"]).toEqual([name, isGet]);
    if (intent === "read") expect([name, idempotent]).toEqual([name, true]);
  }
});
