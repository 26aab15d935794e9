import { expect, test } from "vitest";
import { createLog } from "./log.ts";

test("secrets are in no line, by name or by what they are", () => {
  const lines: string[] = [];
  const log = createLog({ destination: { write: (line) => void lines.push(line) } }, ["s3cret"]);
  log.info({ token: "abc", request: { headers: { authorization: "Bearer abc" } } }, "hello");
  log.error(
    { err: new Error("it had s3cret in it"), url: "/x?token=s3cret" },
    "failed with s3cret",
  );
  expect(lines).toHaveLength(2);
  expect(lines.join("")).not.toMatch(/abc|s3cret/);
  expect(lines[1]).toContain("it had [redacted] in it");
});
