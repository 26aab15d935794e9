import { expect, expectTypeOf, test } from "vitest";
import { Signalbox } from "../signalbox.ts";

const asked: string[] = [];
const box = new Signalbox({
  url: "http://hub",
  token: "t",
  fetch: async (url, init) => {
    asked.push(`${init?.method} ${url} ${init?.body ?? ""}`.trim());
    return new Response("{}");
  },
});

test("a session's operations go to its routes, with what else they take", async () => {
  const session = box.session("s/1");
  expect(session.sessionId).toBe("s/1");
  await session.get();
  await session.sendMessage({ text: "hey" });
  await session.tools.get();
  expect(asked).toEqual([
    "GET http://hub/api/sessions/s%2F1",
    'POST http://hub/api/sessions/s%2F1/messages {"text":"hey"}',
    "GET http://hub/api/sessions/s%2F1/tools",
  ]);
});

test("a session's operations are typed without its id, and those on no session are not among them", () => {
  const session = box.session("s");
  expectTypeOf(session.get).parameter(0).not.toHaveProperty("sessionId");
  expectTypeOf(session.sendMessage).parameter(0).toHaveProperty("text").toEqualTypeOf<string>();
  expectTypeOf(session.sendMessage).parameter(0).not.toHaveProperty("sessionId");
  expectTypeOf(session).not.toBeAny();
  expectTypeOf(session.get).not.toBeAny();
  expect(session).not.toHaveProperty("list");
});
