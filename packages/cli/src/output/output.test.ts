import { describe, expect, test } from "vitest";
import { paintFor } from "./paint.ts";
import { toRecord, toRecordLines } from "./record.ts";
import { safeLine, safeText } from "./safe-text.ts";
import { showValue } from "./show-value.ts";
import { toLines, toTable } from "./table.ts";

const plain = paintFor({ terminal: undefined, env: {} });

describe("a table", () => {
  const rows = [
    { name: "short", note: "a" },
    { name: "a much longer name than there is room for", note: null },
  ];

  test("is aligned, and what does not fit is cut with an ellipsis", () => {
    expect(toTable(rows, ["name", "note"], { width: 24, paint: plain }).split("\n")).toEqual([
      "NAME                NOTE",
      "short               a",
      "a much longer nam…  -",
    ]);
  });

  test("counts wide characters as two", () => {
    const wide = [{ name: "日本語", note: "x" }];
    expect(toTable(wide, ["name", "note"], { width: 80, paint: plain }).split("\n")).toEqual([
      "NAME    NOTE",
      "日本語  x",
    ]);
  });

  test("keeps eight columns of each field where there is no room for more", () => {
    const [line = ""] = toTable(rows, ["name", "note"], { width: 1, paint: plain })
      .split("\n")
      .slice(-1);
    expect(line).toBe("a much …  -");
  });

  test("for programs is a line a row, whole, with tabs and line ends escaped", () => {
    const odd = [{ a: "one\ttwo\nthree\\n", b: null, c: { d: 1 } }];
    expect(toLines(odd, ["a", "b", "c"])).toBe('one\\ttwo\\nthree\\\\n\t\t{"d":1}');
  });
});

describe("a record", () => {
  const value = { id: "a", none: null, limits: { size: 1 }, tags: ["x", "y"], text: "one\ntwo" };

  test("has a line a field for people, those of a field below it, and leaves out what is null", () => {
    expect(toRecord(value, plain).split("\n")).toEqual([
      "id    a",
      "limits",
      "  size  1",
      'tags  ["x","y"]',
      "text",
      "  one",
      "  two",
    ]);
  });

  test("has a dotted path and a value a line for programs", () => {
    expect(toRecordLines(value).split("\n")).toEqual([
      "id\ta",
      "none\t",
      "limits.size\t1",
      'tags\t["x","y"]',
      "text\tone\\ntwo",
    ]);
  });
});

test("times are told by their fields' names, in seconds as codex says them or in milliseconds", () => {
  expect(showValue("createdAt", 1_767_225_600, "lines")).toBe("2026-01-01T00:00:00.000Z");
  expect(showValue("at", 1_767_225_600_000, "lines")).toBe("2026-01-01T00:00:00.000Z");
  expect(showValue("format", 1_767_225_600, "lines")).toBe("1767225600");
  expect(showValue("at", 1_767_225_600_000, "people")).toMatch(/^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect(showValue("resetAt", 9e15, "people")).toBe("9000000000000000");
});

test("what an agent wrote can't command the terminal", () => {
  const hostile = "\u001b]52;c;aGk=\u0007\u001b[2J\u009b31mred\r\u202eeltit\u0000";
  expect(safeLine(hostile)).toBe(
    "\ufffd]52;c;aGk=\ufffd\ufffd[2J\ufffd31mred\ufffd\ufffdeltit\ufffd",
  );
  expect(safeText("one\r\ntwo\tthree")).toBe("one\ntwo\tthree");
  const table = toTable([{ title: hostile }], ["title"], { width: 80, paint: plain });
  expect(table).not.toContain("\u001b");
  expect(toRecord({ title: hostile, text: `a\n${hostile}` }, plain)).not.toContain("\u001b");
});

describe("colours", () => {
  const isColoured = (terminal: boolean, env: Record<string, string>) =>
    paintFor({ terminal: terminal ? { columns: 80 } : undefined, env }).bold("x") !== "x";

  test.each([
    [true, {}, true],
    [true, { NO_COLOR: "1" }, false],
    [true, { TERM: "dumb" }, false],
    [true, { TERM: "dumb", FORCE_COLOR: "1" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [false, {}, false],
    [false, { FORCE_COLOR: "1" }, false],
  ])("on a terminal: %s, with %j: %s", (terminal, env, expected) => {
    expect(isColoured(terminal, env)).toBe(expected);
  });
});
