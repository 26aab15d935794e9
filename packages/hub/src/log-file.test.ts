import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asideOf } from "./log-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process that logs this many lines, with its stderr at `stderr` and a limit of 4 KiB. */
async function logLines(count: number, path: string, stderr: string) {
  const script = `
    import { boundedStderr } from ${JSON.stringify(new URL("./log-file.ts", import.meta.url).href)};
    const log = boundedStderr(${JSON.stringify(path)}, 4096);
    for (let i = 0; i < ${count}; i += 1) log.write(JSON.stringify({ i, fill: "x".repeat(80) }) + "\\n");
    console.error("the end");
  `;
  const output = openSync(stderr, "a", 0o644);
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    stdio: ["ignore", "inherit", output],
  });
  closeSync(output);
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
}

const numbersIn = (path: string) =>
  [...readFileSync(path, "utf8").matchAll(/^\{"i":(\d+)/gm)].map(([, number]) => Number(number));

test("a log file stays below its limit, keeps the part before, and misses no line between", async () => {
  const path = join(folder, "hub.log");
  await logLines(100, path, path);
  for (const file of [path, asideOf(path)]) expect(statSync(file).size).toBeLessThan(4096 + 100);
  const kept = [...numbersIn(asideOf(path)), ...numbersIn(path)];
  expect(kept).toEqual(Array.from(kept, (_, index) => 100 - kept.length + index));
  expect(kept.length).toBeGreaterThan(40);
  expect(readFileSync(path, "utf8")).toMatch(/the end\n$/);
  for (const file of [path, asideOf(path)]) expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("stderr that goes elsewhere is left alone", async () => {
  const path = join(folder, "hub.log");
  const other = join(folder, "other");
  await logLines(100, path, other);
  expect(numbersIn(other)).toHaveLength(100);
});
