import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test } from "vitest";
import { openDatabase, transaction } from "./database.ts";
import { openHome, readToken } from "./home.ts";
import { livingHolder } from "./home-holder.ts";
import { lockHome } from "./hub-lock.ts";

const folders: string[] = [];
function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-store-"));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test("a database of a newer program is refused with both versions", () => {
  const path = join(freshFolder(), "signalbox.db");
  openDatabase(path).close();
  const raw = new DatabaseSync(path);
  raw.exec("PRAGMA user_version = 99");
  raw.close();
  expect(() => openDatabase(path)).toThrow(
    expect.objectContaining({
      code: "store_too_new",
      message: expect.stringMatching(/version 99/) as string,
    }),
  );
});

test("a transaction that throws stores nothing", () => {
  const database = openDatabase(":memory:");
  expect(() =>
    transaction(database, () => {
      database.exec("INSERT INTO event_type VALUES ('a')");
      throw new Error("stop");
    }),
  ).toThrow("stop");
  expect(database.prepare("SELECT count(*) AS n FROM event_type").get()).toEqual({ n: 0 });
  database.close();
});

test("the home folder and the token in it are for their owner only, and the token stays", () => {
  const folder = join(freshFolder(), "deep", "home");
  const home = openHome(folder);
  const token = readToken(home);
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(home.token).mode & 0o777).toBe(0o600);
  expect(readToken(openHome(folder))).toBe(token);
});

test("a second hub on a home is refused and told who holds it", () => {
  const home = openHome(freshFolder());
  const lock = lockHome(home);
  expect(() => lockHome(home)).toThrow(
    expect.objectContaining({
      code: "home_in_use",
      message: expect.stringContaining(`process id ${process.pid}`) as string,
    }),
  );
  lock.release();
  lock.release();
  expect(existsSync(home.lock)).toBe(false);
  lockHome(home).release();
});

test("the lock of a process that died is taken over", async () => {
  const home = openHome(freshFolder());
  const script = `
    import { openHome } from ${JSON.stringify(new URL("./home.ts", import.meta.url).href)};
    import { lockHome } from ${JSON.stringify(new URL("./hub-lock.ts", import.meta.url).href)};
    lockHome(openHome(${JSON.stringify(home.folder)}));
    process.stdout.write("held");
    setInterval(() => {}, 1000);
  `;
  const holder = spawn(
    process.execPath,
    ["--conditions=@signalbox/source", "--input-type=module-typescript", "-e", script],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(holder.stdout, "data");
  expect(() => lockHome(home)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(String(holder.pid)) as string }),
  );
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(existsSync(home.lock)).toBe(true);
  const lock = lockHome(home);
  expect(JSON.parse(readFileSync(home.lock, "utf8"))).toMatchObject({ pid: process.pid });
  lock.release();
});

test("a lock names its process for as long as that very process holds it", () => {
  const home = openHome(freshFolder());
  expect(livingHolder(home.folder)).toBeUndefined();
  const lock = lockHome(home);
  expect(livingHolder(home.folder)).toMatchObject({ pid: process.pid, purpose: "hub", url: null });
  lock.announce("http://0.0.0.0:4777");
  expect(livingHolder(home.folder)?.url).toBe("http://127.0.0.1:4777");
  lock.withdraw();
  expect(livingHolder(home.folder)?.url).toBeNull();
  lock.announce("http://[::]:4777");
  const left = JSON.parse(readFileSync(home.lock, "utf8"));
  expect(left).toMatchObject({ url: "http://[::1]:4777" });
  lock.release();
  expect(livingHolder(home.folder)).toBeUndefined();
  // As a killed hub leaves it, its id now another process's.
  writeFileSync(home.lock, JSON.stringify({ ...left, stamp: "an earlier time" }));
  expect(livingHolder(home.folder)).toBeUndefined();
});

test("a lock file that was left by hand does not stop a hub", () => {
  const home = openHome(freshFolder());
  writeFileSync(home.lock, "not even JSON");
  lockHome(home).release();
});
