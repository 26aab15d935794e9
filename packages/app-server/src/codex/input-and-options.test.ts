import { describe, expect, test } from "vitest";
import { toUserInput } from "./input.ts";
import { checkThreadOptions, toTurnParams } from "./options.ts";

describe("an input on the wire", () => {
  test("is a list of parts in order, each text with its elements", () => {
    expect(toUserInput("hi")).toEqual([{ type: "text", text: "hi", text_elements: [] }]);
    expect(toUserInput({ type: "localImage", path: "/a" })).toEqual([
      { type: "localImage", path: "/a" },
    ]);
    expect(
      toUserInput([
        { type: "text", text: "a" },
        { type: "mention", name: "m", path: "app://m" },
      ]),
    ).toEqual([
      { type: "text", text: "a", text_elements: [] },
      { type: "mention", name: "m", path: "app://m" },
    ]);
  });

  test("may be an empty text, but not an empty list", () => {
    expect(toUserInput("")).toHaveLength(1);
    expect(() => toUserInput([])).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

describe("a turn's overrides on the wire", () => {
  test("are those that were given, under the protocol's names, and no more", () => {
    const { signal } = new AbortController();
    expect(toTurnParams({ model: "m", effort: "high", whenBusy: "steer", signal })).toEqual({
      model: "m",
      effort: "high",
    });
    expect(toTurnParams({})).toEqual({});
  });

  test("say a sandbox the way a turn wants it", () => {
    expect(toTurnParams({ sandbox: "read-only" }).sandboxPolicy).toMatchObject({
      type: "readOnly",
    });
    expect(toTurnParams({ sandbox: "workspace-write" }).sandboxPolicy).toMatchObject({
      type: "workspaceWrite",
    });
    expect(toTurnParams({ sandbox: "danger-full-access" })).toEqual({
      sandboxPolicy: { type: "dangerFullAccess" },
    });
  });

  test("that contradict each other are refused, each pair of them", () => {
    const sandbox = "read-only" as const;
    const sandboxPolicy = { type: "dangerFullAccess" } as const;
    const permissions = ":workspace";
    for (const options of [
      { sandbox, sandboxPolicy },
      { sandbox, permissions },
      { sandboxPolicy, permissions },
    ])
      expect(() => toTurnParams(options)).toThrow(
        expect.objectContaining({
          code: "invalid_input",
          message: expect.stringContaining(Object.keys(options).join(" and ")),
        }),
      );
    expect(() => checkThreadOptions({ sandbox, permissions })).toThrow(
      expect.objectContaining({ code: "invalid_input" }),
    );
    checkThreadOptions({ sandbox, permissions: null });
    toTurnParams({ sandbox, permissions: undefined });
  });
});
