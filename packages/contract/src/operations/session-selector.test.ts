import { expect, test } from "vitest";
import { type Operation, operations } from "../index.ts";

const named = (Object.values(operations) as Operation[]).filter((operation) =>
  Object.hasOwn(operation.input.shape, "sessionId"),
);

test.each(named)(
  "$name takes an id, a handle or a title, and says how naming fails",
  (operation) => {
    const field = operation.input.shape.sessionId!;
    for (const name of ["01990000-0000-7000-8000-00000000a001", "@reviewer", "Release notes"]) {
      expect(field.safeParse(name).error).toBeUndefined();
    }
    expect(operation.errors).toEqual(
      expect.arrayContaining(["session_not_found", "ambiguous_selector"]),
    );
  },
);
