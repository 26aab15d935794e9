import { expect, test } from "vitest";
import { OutputTail } from "./output-tail.ts";

test("the tail keeps the newest lines only, without colour codes", () => {
  const tail = new OutputTail(64);
  for (let line = 0; line < 100; line++)
    tail.push(Buffer.from(`\u001b[31mline ${line}\u001b[0m\n`));
  expect(tail.lastLines(2)).toBe("line 98\nline 99");
});

test("the tail of one chunk larger than its bound is that chunk's end", () => {
  const tail = new OutputTail(8);
  tail.push(Buffer.from("0123456789abcdef"));
  expect(tail.lastLines()).toBe("89abcdef");
});
