import { CODEX_VERSION } from "@signalbox/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareVersions,
  isUnversioned,
  knowsWholeProtocol,
  MINIMUM_CODEX_VERSION,
  versionInUserAgent,
} from "./codex-version.ts";

describe("the version in a user agent", () => {
  test.each([
    ["signalbox/0.169.0 (Debian 12; x86_64) xterm (signalbox; 0.1.0)", "0.169.0"],
    ["signalbox/0.170.0-alpha.2 (Mac OS 15.1; arm64)", "0.170.0-alpha.2"],
    ["my client 2/1.0.0", "1.0.0"],
    ["signalbox/0.0.0 (checkout)", "0.0.0"],
    ["/0.1.2", "0.1.2"],
  ])("of %s is %s", (userAgent, version) => {
    expect(versionInUserAgent(userAgent)).toBe(version);
  });

  test.each(["", "signalbox", "signalbox/", "signalbox/dev", "0.169.0", "signalbox/v1.2.3"])(
    "of %j is unknown",
    (userAgent) => {
      expect(versionInUserAgent(userAgent)).toBeUndefined();
    },
  );
});

describe("the order of versions", () => {
  const inOrder = [
    "0.0.0",
    "0.20.0",
    "0.139.9",
    "0.140.0-alpha.1",
    "0.140.0-alpha.2",
    "0.140.0-alpha.10",
    "0.140.0-beta.1",
    "0.140.0",
    "0.140.1",
    "0.169.0",
    "1.0.0-rc.1",
    "1.0.0",
    "10.0.0",
  ];

  test("is by numbers, not by text; a pre-release comes before its release", () => {
    for (const [at, a] of inOrder.entries())
      for (const [index, b] of inOrder.entries())
        expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, Math.sign(at - index)]);
  });

  test("is the same either way round for any two versions", () => {
    const version = fc
      .tuple(
        fc.nat(3),
        fc.nat(200),
        fc.nat(3),
        fc.constantFrom("", "-alpha.1", "-alpha.12", "-beta"),
      )
      .map(([major, minor, patch, tag]) => `${major}.${minor}.${patch}${tag}`);
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        expect(compareVersions(a, b) === 0).toBe(a === b);
      }),
    );
  });
});

test("a codex that does not say its version, or says 0.0.0, is unversioned and may know less than the protocol", () => {
  for (const version of [undefined, "0.0.0", "0.0.0-dev"]) {
    expect(isUnversioned(version)).toBe(true);
    expect(knowsWholeProtocol(version)).toBe(false);
  }
});

test("a codex of the protocol's version or newer knows all of it; an older one, or a pre-release of it, may not", () => {
  for (const version of [CODEX_VERSION, "0.170.0-alpha.1", "1.0.0"])
    expect(knowsWholeProtocol(version)).toBe(true);
  for (const version of [MINIMUM_CODEX_VERSION, "0.168.9", `${CODEX_VERSION}-alpha.3`])
    expect(knowsWholeProtocol(version)).toBe(false);
});
