import { expect, test } from "vitest";
import { reportFailure } from "./exit.ts";

test("what nobody foresaw is said like any other failure, as JSON where that was asked for", () => {
  let said = "";
  const err = (text: string) => {
    said += text;
  };
  expect(reportFailure(new TypeError("No such\u001b[2J thing"), { err })).toBe(1);
  expect(said).toBe("signalbox: failed in a way it did not foresee: No such\ufffd[2J thing\n");
  said = "";
  expect(reportFailure("odd", { json: true, err })).toBe(1);
  expect(JSON.parse(said)).toEqual({
    error: {
      status: "error",
      code: "internal_error",
      message: "failed in a way it did not foresee: odd",
      retryable: false,
      details: {},
    },
  });
});
