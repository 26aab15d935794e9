import type { IncomingHttpHeaders } from "node:http";
import { expect, test } from "vitest";
import { createGuard } from "./guard.ts";

const token = "secret";

function isPlaceKnown(host: string, headers: { host?: string; origin?: string }): boolean {
  try {
    createGuard({ token, host }).checkPlace(headers);
    return true;
  } catch {
    return false;
  }
}

test("a hub that listens on one address is known by it and as loopback", () => {
  expect(isPlaceKnown("192.168.1.5", { host: "192.168.1.5:4777" })).toBe(true);
  expect(isPlaceKnown("192.168.1.5", { host: "localhost:4777" })).toBe(true);
  expect(isPlaceKnown("192.168.1.5", { host: "192.168.1.6:4777" })).toBe(false);
  expect(isPlaceKnown("127.0.0.1", { host: "192.168.1.5" })).toBe(false);
});

test("a hub that listens everywhere is known by any address, and by no foreign name", () => {
  for (const bound of ["0.0.0.0", "::"]) {
    expect(isPlaceKnown(bound, { host: "10.0.0.7:4777" })).toBe(true);
    expect(isPlaceKnown(bound, { host: "[fe80::1]:4777" })).toBe(true);
    expect(isPlaceKnown(bound, { host: "rebound.example" })).toBe(false);
  }
});

test("a request without a Host, or with a malformed one, is from nowhere", () => {
  for (const host of [undefined, "", ":4777", "a b", "[::1", "localhost:x"]) {
    expect(isPlaceKnown("127.0.0.1", host === undefined ? {} : { host })).toBe(false);
  }
});

test("the token is taken from the header or a subprotocol, and compared whole", () => {
  const isLetIn = (headers: IncomingHttpHeaders) => {
    try {
      createGuard({ token, host: "127.0.0.1" }).checkToken(headers);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: "unauthorized" });
      expect((error as Error).message).not.toContain("secret");
      return false;
    }
  };
  expect(isLetIn({ authorization: "Bearer secret" })).toBe(true);
  expect(isLetIn({ authorization: "bearer  secret " })).toBe(true);
  expect(isLetIn({ "sec-websocket-protocol": "signalbox, bearer.secret" })).toBe(true);
  for (const headers of [
    {},
    { authorization: "secret" },
    { authorization: "Basic secret" },
    { authorization: "Bearer secre" },
    { authorization: "Bearer secret2" },
    { authorization: "Bearer" },
    { "sec-websocket-protocol": "signalbox, secret" },
    { "sec-websocket-protocol": "bearer." },
  ]) {
    expect(isLetIn(headers)).toBe(false);
  }
});
