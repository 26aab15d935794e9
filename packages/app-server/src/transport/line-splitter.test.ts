import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineSplitter } from "./line-splitter.ts";

function split(chunks: Buffer[], limit = 1_000_000) {
  const lines: string[] = [];
  const splitter = new LineSplitter(limit, (line) => lines.push(line));
  const fits = chunks.every((chunk) => splitter.push(chunk));
  return { lines, fits, splitter };
}

function cutAt(bytes: Buffer, cuts: number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted(
    (a, b) => a - b,
  );
  return [0, ...places].map((start, index) => bytes.subarray(start, places[index] ?? bytes.length));
}

describe("LineSplitter", () => {
  test("gives the same lines however the bytes are cut, also inside a character", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc
            .string({ unit: "grapheme", minLength: 1 })
            .filter((line) => !/[\n\r]/.test(line) && line.isWellFormed()),
        ),
        fc.array(fc.nat(), { maxLength: 20, size: "max" }),
        (lines, cuts) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""), "utf8");
          expect(split(cutAt(bytes, cuts)).lines).toEqual(lines);
        },
      ),
    );
  });

  test("skips blank lines and leaves a carriage return out", () => {
    expect(split([Buffer.from("a\r\n\n\r\nb\n")]).lines).toEqual(["a", "b"]);
  });

  test("tells the length of a line in bytes, not characters", () => {
    const sizes: number[] = [];
    new LineSplitter(100, (_, bytes) => sizes.push(bytes)).push(Buffer.from("äöü\nab\n"));
    expect(sizes).toEqual([6, 2]);
  });

  test("takes a line of exactly the limit and refuses one byte more, in one chunk or in many", () => {
    const fitting = Buffer.from(`${"x".repeat(64)}\n`);
    const tooLong = Buffer.from(`${"x".repeat(65)}\n`);
    expect(split([fitting], 64)).toMatchObject({ fits: true, lines: ["x".repeat(64)] });
    expect(split([tooLong], 64).fits).toBe(false);
    expect(split(cutAt(fitting, [10, 20, 64]), 64)).toMatchObject({
      fits: true,
      lines: ["x".repeat(64)],
    });
    expect(split(cutAt(tooLong, [10, 20, 64]), 64).fits).toBe(false);
  });

  test("counts what is left of a line that was cut off", () => {
    expect(split([Buffer.from("whole\nhal")]).splitter.pendingBytes).toBe(3);
  });
});
