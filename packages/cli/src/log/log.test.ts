import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rotateLog } from "@signalbox/hub";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAtLeast, toReadable } from "./log-line.ts";
import { LogReader } from "./log-reader.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-logs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a reader gets each line once and whole, however it is written and whenever the log is put aside", () => {
  let run = 0;
  const steps = fc.array(
    fc.oneof(fc.string(), fc.constant("\n"), fc.constant("rotate"), fc.constant("read")),
    {
      size: "max",
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const path = join(folder, `log-${run++}`);
      writeFileSync(path, "");
      const reader = new LogReader(path);
      const read: string[] = [];
      let written = "";
      let isFresh = false;
      for (const step of all) {
        if (step === "read") {
          read.push(...reader.lines());
          isFresh = false;
          // Two of them between two looks are more than is kept.
        } else if (step === "rotate") {
          if (isFresh) continue;
          rotateLog(path, 1);
          isFresh = true;
        } else {
          appendFileSync(path, step);
          written += step;
        }
      }
      read.push(...reader.lines());
      expect(read).toEqual(written.split("\n").slice(0, -1));
    }),
  );
});

test("a log that is not there yet is empty, and its part before comes first", () => {
  const path = join(folder, "log");
  const reader = new LogReader(path);
  expect([...reader.before(), ...reader.lines()]).toEqual([]);
  writeFileSync(path, "b\n");
  writeFileSync(`${path}.1`, "a\n");
  const later = new LogReader(path);
  expect([...later.before(), ...later.lines()]).toEqual(["a", "b"]);
});

test("lines are readable for people, with an error's stack below, and can't steer the terminal", () => {
  const time = "2026-01-02T03:04:05.678Z";
  const line = (rest: object) => JSON.stringify({ level: 30, time, pid: 7, ...rest });
  expect(toReadable(line({ msg: "The hub listens", url: "http://h", why: "a b" }))).toBe(
    '03:04:05.678 INFO  The hub listens url=http://h why="a b"',
  );
  expect(
    toReadable(line({ level: 50, msg: "failed", err: { stack: "Error: no\n    at x" } })),
  ).toBe("03:04:05.678 ERROR failed\n    Error: no\n        at x");
  expect(toReadable(line({ msg: "a\u001b[2Jb\u0007c" }))).toBe("03:04:05.678 INFO  ab\ufffdc");
  expect(toReadable('{"error":{"code":"x","message":"No codex"}}')).toBe("ERROR No codex");
  expect(toReadable("node:internal \u001b]0;title\u0007 threw")).toBe("node:internal  threw");
});

test("a level takes in what is as serious or more, and what node says of a crash", () => {
  const line = (level: number) => JSON.stringify({ level, msg: "x" });
  expect([20, 30, 40, 50, 60].map((level) => isAtLeast(line(level), "warn"))).toEqual([
    false,
    false,
    true,
    true,
    true,
  ]);
  expect(isAtLeast("TypeError: x", "error")).toBe(true);
  expect(isAtLeast('{"error":{}}', "error")).toBe(true);
});
