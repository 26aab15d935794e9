import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { onLines } from "./lines.ts";

test("lines come whole, whatever chunks their bytes come in", async () => {
  const text = fc.string({ unit: "binary" }).map((one) => one.replaceAll("\n", ""));
  await fc.assert(
    fc.asyncProperty(
      fc.array(text),
      text,
      fc.array(fc.integer({ min: 1, max: 7 })),
      async (lines, rest, sizes) => {
        const input = new PassThrough();
        const taken: string[] = [];
        const ended = new Promise<string>((resolve) => {
          onLines(input, (line) => taken.push(line), resolve);
        });
        let bytes = Buffer.from(lines.map((line) => `${line}\n`).join("") + rest);
        for (const size of sizes) {
          input.write(bytes.subarray(0, size));
          bytes = bytes.subarray(size);
        }
        input.end(bytes);
        expect(await ended).toBe(rest);
        expect(taken).toEqual(lines);
      },
    ),
  );
});

test("a line separator of Unicode ends no line", async () => {
  const input = new PassThrough();
  const taken: string[] = [];
  const ended = new Promise<string>((resolve) => {
    onLines(input, (line) => taken.push(line), resolve);
  });
  input.end("one\u2028still one\r\ntwo\n");
  await ended;
  expect(taken).toEqual(["one\u2028still one\r", "two"]);
});
