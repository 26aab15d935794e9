import fc from "fast-check";
import { expect, test } from "vitest";
import { parseUri, type ResourceAddress, toUri } from "./address.ts";

const name = fc.string({ unit: "binary", minLength: 1 }).filter((text) => text.isWellFormed());
const cursor = fc.option(name, { nil: undefined });
const addresses: fc.Arbitrary<ResourceAddress> = fc.oneof(
  fc.record({ kind: fc.constant("sessions" as const), cursor }),
  fc.record({ kind: fc.constant("session" as const), session: name }),
  fc.record({
    kind: fc.constantFrom("transcript" as const, "events"),
    session: name,
    after: cursor,
  }),
);

test("any address is read as it was written", () => {
  fc.assert(
    fc.property(addresses, (address) => {
      expect(parseUri(toUri(address))).toEqual(address);
    }),
  );
});

test("a handle stands in an address as people write it", () => {
  expect(toUri({ kind: "session", session: "@reviewer" })).toBe("signalbox://sessions/@reviewer");
  expect(parseUri("signalbox://sessions/@reviewer/transcript?after=1%3A2")).toEqual({
    kind: "transcript",
    session: "@reviewer",
    after: "1:2",
  });
});

test.each([
  "signalbox://session/1",
  "signalbox://sessions/",
  "signalbox://sessions//events",
  "signalbox://sessions/1/files",
  "signalbox://sessions/1/events/2",
  "signalbox://sessions/1/events?before=2",
  "signalbox://sessions?after=2",
  "signalbox://sessions/%zz",
  "https://sessions/1",
  "sessions",
])("%s is nothing, and those there are are named", (uri) => {
  expect(() => parseUri(uri)).toThrow(/signalbox:\/\/sessions\/\{sessionId\}/);
});
