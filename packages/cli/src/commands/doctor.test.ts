import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HubHomes } from "../../fixtures/hub-homes.ts";
import { runCommand } from "../../fixtures/run-command.ts";

let homes: HubHomes;
beforeAll(async () => {
  homes = await HubHomes.make();
});
afterAll(() => homes[Symbol.asyncDispose]());

interface Found {
  readonly name: string;
  readonly status: string;
  readonly what: string;
  readonly remedy: string | null;
}

async function examine(home: string, args: readonly string[] = [], env = homes.env) {
  const { code, stdout, stderr } = await runCommand(["doctor", "--json", "--home", home, ...args], {
    env,
  });
  expect(stderr).toBe("");
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Found[] };
  const by = Object.fromEntries(checks.map((check) => [check.name, check]));
  return { code, ok, by, bad: checks.filter(({ status }) => status !== "ok") };
}

describe("signalbox doctor", () => {
  test("finds all well where it is, before a first start and beside a hub", async () => {
    const home = homes.fresh();
    const before = await examine(home, ["--port", "0"]);
    expect(before).toMatchObject({ code: 0, ok: true, bad: [] });
    expect(before.by.codex?.what).toMatch(/^0\.\d+\.\d+ at .*given by SIGNALBOX_CODEX/);
    expect(before.by["codex home"]?.what).toContain(homes.env.CODEX_HOME);
    const { url, pid } = await homes.up(home);
    const beside = await examine(home);
    expect(beside).toMatchObject({ code: 0, ok: true, bad: [] });
    expect(beside.by.hub?.what).toContain(`process ${pid} at ${url}`);
    expect(beside.by.port?.what).toBe(`${new URL(url).port} is the hub's`);
    expect(beside.by.clock?.what).toMatch(/the newest event is of 20/);
    const text = (await homes.run(home, "doctor")).stdout;
    expect(text).toMatch(/^ok {4}node {8}v.*\nok {4}codex /);
  }, 60_000);

  test("tells a hub of another version, which would not speak to this command", async () => {
    const home = homes.fresh();
    await homes.up(home);
    const skew = { status: "conflict", code: "version_skew", message: "Older.", retryable: false };
    const server = createHttpServer((_, answer) => {
      answer.writeHead(409, { "content-type": "application/json" }).end(JSON.stringify(skew));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const lock = join(home, "hub.lock");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const held = readFileSync(lock, "utf8");
    writeFileSync(lock, JSON.stringify({ ...JSON.parse(held), version: "0.0.1", url }));
    const { by } = await examine(home);
    writeFileSync(lock, held);
    server.close();
    expect(by.hub).toMatchObject({
      status: "warn",
      what: expect.stringContaining("is of version 0.0.1"),
      remedy: expect.stringContaining("signalbox down"),
    });
  }, 40_000);

  test("tells a home that others can read, and one that is a link", async () => {
    const home = homes.fresh();
    mkdirSync(home);
    writeFileSync(join(home, "token"), "secret");
    chmodSync(home, 0o755);
    chmodSync(join(home, "token"), 0o644);
    const { code, by } = await examine(home);
    expect(code).toBe(1);
    expect(by.home).toMatchObject({
      status: "fail",
      what: expect.stringContaining("755"),
      remedy: expect.stringContaining("chmod 700"),
    });
    expect(by.token).toMatchObject({ status: "fail", what: expect.stringContaining("644") });
    expect(JSON.stringify(by)).not.toContain("secret");
    chmodSync(home, 0o700);
    const link = homes.fresh();
    symlinkSync(home, link);
    expect((await examine(link)).by.home).toMatchObject({ status: "warn" });
  }, 40_000);

  test("tells a path too long for a socket, a port that is taken, a clock that was set back, and a write-ahead log that grew", async () => {
    const home = join(homes.fresh(), "x".repeat(100));
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(join(home, "signalbox.db"));
    database.exec(
      "PRAGMA user_version = 1; CREATE TABLE event (seq INTEGER PRIMARY KEY, at INTEGER)",
    );
    database.prepare("INSERT INTO event VALUES (1, ?)").run(Date.now() + 3_600_000);
    database.close();
    const writes = join(home, "signalbox.db-wal");
    writeFileSync(writes, "");
    truncateSync(writes, 300 * 1024 ** 2);
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { code, by } = await examine(home, ["--port", String(port)]);
    server.close();
    expect(code).toBe(1);
    expect(by.port).toMatchObject({ status: "fail", what: expect.stringContaining(String(port)) });
    expect(by.socket).toMatchObject({ status: "warn" });
    expect(by.wal).toMatchObject({ status: "warn", what: expect.stringContaining("300.0 MiB") });
    expect(by.clock).toMatchObject({
      status: "warn",
      what: expect.stringMatching(/3[56]\d\d s from now/),
    });
  }, 40_000);

  test.each([
    ["is not there", "/nowhere/codex", "codex_not_found"],
    ["is too old", "old", "older than"],
    ["is newer than was tested", "new", "newer"],
  ])(
    "tells a codex that %s",
    async (_, given, said) => {
      let path = given;
      if (!given.startsWith("/")) {
        path = join(homes.folder, given);
        writeFileSync(path, `#!/bin/sh\necho codex-cli ${given === "old" ? "0.1.0" : "0.999.0"}\n`);
        chmodSync(path, 0o755);
      }
      const { code, by } = await examine(homes.fresh(), ["--codex", path]);
      expect(`${by.codex?.what} ${by.codex?.remedy}`).toContain(
        said === "codex_not_found" ? "No codex binary at /nowhere/codex" : said,
      );
      expect(by.codex?.status).toBe(given === "new" ? "warn" : "fail");
      expect(by.login?.status).toBe("fail");
      expect(code).toBe(1);
    },
    40_000,
  );

  test("tells that nobody is logged in, without saying with what somebody is", async () => {
    const codexHome = join(homes.folder, "logged-out");
    mkdirSync(codexHome);
    const env = { ...homes.env, CODEX_HOME: codexHome, OPENAI_API_KEY: undefined };
    const out = await examine(homes.fresh(), ["--port", "0"], env);
    expect(out.by.login).toMatchObject({
      status: "warn",
      remedy: expect.stringContaining("login"),
    });
    expect(out.code).toBe(0);
    writeFileSync(join(codexHome, "auth.json"), JSON.stringify({ OPENAI_API_KEY: "sk-secret" }));
    const logged = await examine(homes.fresh(), ["--port", "0"], env);
    expect(logged.by.login).toMatchObject({ status: "ok", what: "codex is logged in (apiKey)" });
    expect(JSON.stringify(logged)).not.toContain("sk-secret");
  }, 40_000);
});
