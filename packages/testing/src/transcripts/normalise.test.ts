import { expect, test } from "vitest";
import { Normaliser } from "./normalise.ts";

const ONE = "01a1fd15-3baf-79b3-b3b3-0fe927df64a7";
const OTHER = "62301659-c068-429d-bf97-7b44d01a0418";

test("an id is the same placeholder wherever it stands, and keeps its form", () => {
  const normaliser = new Normaliser([]);
  expect(
    normaliser.value({ a: ONE, b: [OTHER, `x-${ONE}.jsonl`], [OTHER]: "in a key" }),
  ).toEqual({
    a: "00000000-0000-7000-8000-000000000001",
    b: [
      "00000000-0000-7000-8000-000000000002",
      "x-00000000-0000-7000-8000-000000000001.jsonl",
    ],
    "00000000-0000-7000-8000-000000000002": "in a key",
  });
});

test("times are told by their size and become one moment; other numbers stay", () => {
  expect(
    new Normaliser([]).value({
      emittedAtMs: 1_795_244_771_874,
      createdAt: 1_795_244_771,
      durationMs: 143,
      totalTokens: 1_000_000,
      none: null,
      on: true,
    }),
  ).toEqual({
    emittedAtMs: 1_700_000_000_000,
    createdAt: 1_700_000_000,
    durationMs: 1,
    totalTokens: 1_000_000,
    none: null,
    on: true,
  });
});

test("known texts are replaced, the longer before the shorter", () => {
  const normaliser = new Normaliser([
    ["/tmp/a", "/root"],
    ["/tmp/a/b", "/inner"],
  ]);
  expect(normaliser.value(["/tmp/a/b/c", "/tmp/a/c"])).toEqual(["/inner/c", "/root/c"]);
});

test.each([
  ["sessions/2026/11/21/rollout-2026-11-21T07-06-11-x", "sessions/2023/11/14/rollout-2023-11-14T22-13-20-x"],
  ["2026-11-21T07:06:11.881729Z", "2023-11-14T22:13:20Z"],
  ["on 2026-11-21.", "on 2023-11-14."],
  ["http://127.0.0.1:42793/v1", "http://127.0.0.1:8080/v1"],
  ["redirect=127.0.0.1%3A40937%2Fcallback%2Fkn7h&state=Prm-jy", "redirect=127.0.0.1%3A8080%2Fcallback%2Fplaceholder&state=placeholder"],
  ["me/0.169.0 (Debian 12.0.0; x86_64) unknown (me; 1)", "me/0.169.0 (Linux 6.0; x86_64) unknown (me; 1)"],
  [`sha256:${"a1".repeat(32)}`, `sha256:${"0".repeat(64)}`],
])("%s becomes %s", (text, stable) => {
  expect(new Normaliser([]).value(text)).toBe(stable);
});

test("a process id of the system is counted from 1000, one of the client stays", () => {
  const normaliser = new Normaliser([]);
  expect(
    [{ processId: "96852" }, { processId: "exec-1" }, { processId: "123" }, { processId: "96852" }].map(
      (one) => normaliser.value(one),
    ),
  ).toEqual([{ processId: "1001" }, { processId: "exec-1" }, { processId: "1002" }, { processId: "1001" }]);
});
