/** What is told of a hub that ended before it was ready. */
import { expect, test } from "vitest";
import { hubFailure } from "./hub-failure.ts";

test("the hub's own error is told where it said one, whatever it logged around it", () => {
  const error = { code: "home_in_use", message: "Another hub runs." };
  const lines = ['{"level":30}', JSON.stringify({ error }), "bye"];
  expect(hubFailure(lines, 1)).toMatchObject(error);
});

test("a start that fails without a word of its own shows the end of its log and its exit code", () => {
  const { code, message } = hubFailure(['{"level":30}', "FATAL ERROR: out of memory"], 134);
  expect(code).toBe("internal_error");
  expect(message).toMatch(/exit code 134 before it was ready\. Its last lines:\n.*\nFATAL ERROR/);
});
