import { createTypeMatcher } from "@signalbox/contract";
import { describe, expect, it } from "vitest";
import { HttpSender } from "../call/http-sender.ts";
import { createPageReader } from "./event-pages.ts";

/** The query that is sent for these types. */
async function queryFor(types: readonly string[] | undefined): Promise<URLSearchParams> {
  const asked: URL[] = [];
  const sender = new HttpSender({
    url: new URL("http://hub/prefix/"),
    token: "t",
    headers: undefined,
    actor: undefined,
    surface: undefined,
    fetch: async (url) => {
      asked.push(new URL(String(url)));
      return new Response('{"data":[],"next":null,"cursor":"e:1"}');
    },
  });
  const query = { threadId: "a/b", after: "e:0", types, limit: 5 };
  await createPageReader(sender)(query, new AbortController().signal);
  expect(asked[0]?.pathname).toBe("/prefix/api/events");
  return asked[0]!.searchParams;
}

describe("createPageReader", () => {
  it("asks for the thread's events of the types that are wanted", async () => {
    expect(Object.fromEntries(await queryFor(["a.b", "c.*"]))).toEqual({
      threadId: "a/b",
      after: "e:0",
      limit: "5",
      types: "a.b,c.*",
    });
    expect((await queryFor(undefined)).has("types")).toBe(false);
  });

  it("names types as long as they fit into a URL, and asks for everything, views too, from one more on", async () => {
    const fitting = Array.from({ length: 20 }, (_, index) => String(index).padStart(199, "x"));
    expect(fitting.join()).toHaveLength(3_999);
    const longest = [...fitting.slice(1), `${fitting[0]}x`];
    expect((await queryFor(longest)).get("types")).toBe(longest.join());
    const tooLong = [...longest.slice(1), `${longest[0]}x`];
    const matches = createTypeMatcher((await queryFor(tooLong)).get("types")?.split(","));
    expect(["any.event", "transcript_updated"].every(matches)).toBe(true);
  });
});
