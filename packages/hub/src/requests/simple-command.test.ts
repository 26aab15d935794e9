import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toSimpleCommand } from "./simple-command.ts";

test("a simple command is its words, also within the shell codex wraps it in", () => {
  expect(toSimpleCommand("git status -s")).toEqual(["git", "status", "-s"]);
  expect(toSimpleCommand("/bin/bash -lc 'git status'")).toEqual(["git", "status"]);
  expect(toSimpleCommand(["bash", "-c", "git 'a b'"])).toEqual(["git", "a b"]);
  expect(toSimpleCommand(["git", "log; rm x"])).toEqual(["git", "log; rm x"]);
  expect(toSimpleCommand(`printf "it is" a\\ b`)).toEqual(["printf", "it is", "a b"]);
});

test("what a shell makes more of than one command is not read", () => {
  for (const line of [
    "git status; rm -r x",
    "git status && rm x",
    "git status & rm x",
    "git status | tee x",
    "git status > x",
    "git status\nrm x",
    "git $(rm x)",
    "git `rm x`",
    'git "$(rm x)"',
    'git "`rm x`"',
    "git $HOME",
    "git ~",
    "git *.ts",
    "git {a,b}",
    "git # x",
    "!git",
    "(git status)",
    "GIT_PAGER=x git status",
    "git 'status",
    'git "status',
    "git \\",
    "=git status",
    "",
    "  ",
  ]) {
    expect(toSimpleCommand(line), line).toBeUndefined();
    expect(toSimpleCommand(["bash", "-lc", line]), line).toBeUndefined();
  }
});

test("a shell within a shell, or called in another way, is not looked into", () => {
  expect(toSimpleCommand(`bash -lc "bash -c 'git status'"`)).toBeUndefined();
  expect(toSimpleCommand(["bash", "-lc", "git status", "x"])).toBeUndefined();
  expect(toSimpleCommand(["bash", "-ic", "git status"])).toBeUndefined();
  expect(toSimpleCommand(["bash"])).toBeUndefined();
  expect(toSimpleCommand(["/tmp/bash", "-c", "git status"])?.[0]).toBe("/tmp/bash");
});

test("whatever is read as words a real shell runs as exactly these words", () => {
  const piece = fc.oneof(
    fc.constantFrom(..."abcXYZ019 \t\n'\"\\$`;|&<>(){}[]*?~!#=%+:,./@^_-\u00e9\u0085\u3000"),
    fc.constantFrom("'a b'", '"c d"', "\\ ", "''", '""', "$x", "x=1", "--y=2"),
  );
  const lines = fc
    .sample(fc.array(piece, { maxLength: 12, size: "max" }), 20_000)
    .map((parts) => `w ${parts.join("")}`);
  const read = lines.flatMap((line) => {
    const words = toSimpleCommand(line);
    return words === undefined ? [] : [{ line, words }];
  });
  expect(read.length).toBeGreaterThan(500);
  const script = `w() { printf '%s\\0' w "$@"; printf '\\1'; }\n${read.map(({ line }) => line).join("\n")}`;
  for (const shell of ["bash", "sh"]) {
    const { stdout, stderr } = spawnSync(shell, ["-c", script], {
      encoding: "utf8",
      maxBuffer: 1e8,
    });
    expect(stderr).toBe("");
    const ran = stdout
      .split("\u0001")
      .slice(0, -1)
      .map((words) => words.split("\0").slice(0, -1));
    expect(ran).toEqual(read.map(({ words }) => words));
  }
});
