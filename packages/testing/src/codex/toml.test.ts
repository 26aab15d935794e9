import { expect, test } from "vitest";
import { mergeToml, toToml } from "./toml.ts";

test("plain keys stand before tables, and a table of tables alone needs no head", () => {
  const text = toToml({
    a: { b: { on: true } },
    name: 'with "quotes"\nand \u007f',
    list: [1, "two", { three: 3 }],
    none: undefined,
    "odd key": 1.5,
    empty: {},
  });
  expect(text).toBe(
    [
      'name = "with \\"quotes\\"\\nand \\u007f"',
      'list = [1, "two", { three = 3 }]',
      '"odd key" = 1.5',
      "",
      "[a.b]",
      "on = true",
      "",
      "[empty]",
      "",
    ].join("\n"),
  );
});

test("overrides reach into tables and replace everything else", () => {
  const base = { keep: 1, list: [1, 2], table: { keep: true, change: "a" } };
  expect(mergeToml(base, { list: [3], table: { change: "b", add: 2 } })).toEqual({
    keep: 1,
    list: [3],
    table: { keep: true, change: "b", add: 2 },
  });
});
