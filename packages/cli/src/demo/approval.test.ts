import { describe, expect, it } from "vitest";
import { isOwnCommand } from "./approval.ts";

const own = "printf 'approved by the demo\\n'";

describe("isOwnCommand", () => {
  it.each([
    own,
    `/bin/bash -lc "printf 'approved by the demo\\n'"`,
    `bash -lc "printf 'approved by the demo\\\\n'"`,
    `/usr/bin/zsh -c 'printf '"'"'approved by the demo\\n'"'"''`,
    `sh -c 'printf '\\''approved by the demo\\n'\\'''`,
  ])("knows its own command as %s", (asked) => {
    expect(isOwnCommand(asked, own)).toBe(true);
  });

  it.each([
    null,
    undefined,
    "",
    `${own}; rm -rf /`,
    `${own} $(id)`,
    `bash -lc "${own}; id"`,
    `bash -lc "${own}" id`,
    `bash -lc "${own}"; id`,
    `bash -lc "$(id)"`,
    `python3 -c "${own}"`,
    `/tmp/bash -lc "${own}"`,
    `/tmp/evil sh -c "${own}"`,
    `bash -lc "printf 'approved by the demo\\n' > /etc/passwd"`,
  ])("is not taken in by %s", (asked) => {
    expect(isOwnCommand(asked, own)).toBe(false);
  });
});
