import type { IncomingHttpHeaders } from "node:http";
import { isSignalboxError } from "@signalbox/contract";
import { describe, expect, test } from "vitest";
import { createGuard, type Guard } from "./guard.ts";
import { guessWindow, maxWrongTokens } from "./wrong-tokens.ts";

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
      createGuard({ token, host: "127.0.0.1" }).checkToken({ headers, socket: {} });
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

describe("an address that tries wrong tokens", () => {
  const knock = (given: string, remoteAddress = "10.0.0.1") => ({
    headers: { authorization: `Bearer ${given}` },
    socket: { remoteAddress },
  });
  const codeOf = (guard: Guard, given: string, address?: string) => {
    try {
      guard.checkToken(knock(given, address));
      return "let in";
    } catch (error) {
      return isSignalboxError(error) ? error.code : error;
    }
  };

  test("is listened to for twenty different ones, and then for a minute not at all", () => {
    let now = 5_000;
    const guard = createGuard({ token, host: "127.0.0.1", now: () => now });
    for (let n = 1; n < maxWrongTokens; n++) codeOf(guard, `wrong-${n}`);
    expect(codeOf(guard, token)).toBe("let in");
    expect(codeOf(guard, "one-more")).toBe("unauthorized");
    expect(codeOf(guard, "one-too-many")).toBe("too_many_attempts");
    expect(codeOf(guard, token)).toBe("too_many_attempts");
    expect(codeOf(guard, token, "10.0.0.2")).toBe("let in");
    now += guessWindow - 1;
    expect(codeOf(guard, token)).toBe("too_many_attempts");
    now += 1;
    expect(codeOf(guard, token)).toBe("let in");
  });

  test("is always listened to while it repeats one, or gives none", () => {
    const guard = createGuard({ token, host: "127.0.0.1" });
    for (let n = 0; n < 100; n++) {
      expect(codeOf(guard, "stale")).toBe("unauthorized");
      expect(() => guard.checkToken({ headers: {}, socket: {} })).toThrow(/A token is needed/);
    }
    expect(codeOf(guard, token)).toBe("let in");
  });

  test("does not make the hub remember addresses without end", () => {
    const guard = createGuard({ token, host: "127.0.0.1" });
    const guess = (address: string) => {
      for (let n = 0; n < maxWrongTokens; n++) codeOf(guard, `wrong-${n}`, address);
    };
    guess("first");
    expect(codeOf(guard, token, "first")).toBe("too_many_attempts");
    for (let n = 0; n < 4_096; n++) codeOf(guard, "wrong", `address ${n}`);
    expect(codeOf(guard, token, "first")).toBe("let in");
  });
});
