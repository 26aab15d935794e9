/** What is passed on to codex, what is not, and what is kept of it. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { methodAccess, operations } from "@signalbox/contract";
import { clientRequests } from "@signalbox/protocol";
import { on, overloaded, reply, replyError } from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import { call, callRaw, createHubWorld, fetchJson } from "../../fixtures/hub-world.ts";
import { startScriptedHub } from "../../fixtures/scripted-hub.ts";

/** Files below a folder that hold a text. */
function filesWith(text: string, folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => readFileSync(path).includes(text));
}

describe("app_server.call", () => {
  const op = operations["app_server.call"];

  test("passes exactly the open methods on, and says of each other why not", async () => {
    await using world = await startScriptedHub({});
    for (const method of Object.keys(clientRequests)) {
      const { status, body } = await callRaw(world.hub, op, { method, params: {} });
      const reason = methodAccess(method);
      if (reason === "open") expect([method, status]).toEqual([method, 200]);
      else {
        expect(status).toBe(403);
        expect(body).toMatchObject({ code: "method_denied", details: { method, reason } });
      }
    }
    expect(new Set(world.asked().map(methodAccess))).toEqual(new Set(["open"]));
  });

  test("gives codex's whole answer", async () => {
    await using world = await createHubWorld();
    const { result } = await call(world.hub, op, { method: "collaborationMode/list" });
    expect(result).toMatchObject({ data: [{ name: "Plan", mode: "plan" }, { name: "Default" }] });
  });

  test("passes on what it was started to allow, and lets codex say that it does not know a method", async () => {
    await using world = await createHubWorld({
      hub: { allowedMethods: ["fs/readFile", "thread/somethingNew"] },
    });
    const path = join(world.codex.workspace, "note.txt");
    writeFileSync(path, "Hello");
    const read = { method: "fs/readFile", params: { path } };
    expect(await call(world.hub, op, read)).toEqual({
      status: "ok",
      result: { dataBase64: Buffer.from("Hello").toString("base64") },
    });
    expect(await callRaw(world.hub, op, { method: "thread/somethingNew" })).toMatchObject({
      status: 501,
      body: {
        code: "method_not_supported",
        details: { method: "thread/somethingNew", rpc: { code: -32600 } },
      },
    });
    expect(await callRaw(world.hub, op, { ...read, method: "fs/remove" })).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining("--allow-app-server-method fs/remove") },
    });
  });
});

describe("runtime.exec", () => {
  const op = operations["runtime.exec"];

  test("runs nothing on a hub that was not started to allow it", async () => {
    await using world = await startScriptedHub({});
    expect(await callRaw(world.hub, op, { command: ["true"] })).toMatchObject({
      status: 403,
      body: { code: "operation_disabled", details: { option: "--allow-exec" } },
    });
    expect(world.asked()).toEqual([]);
  });

  test("runs a command, tells how it ended, and ends it when its time is up", async () => {
    await using world = await createHubWorld({
      hub: { allowExec: true },
      codex: { approvalPolicy: "never" },
    });
    const run = async (command: string[], timeoutMs?: number) =>
      (await call(world.hub, op, { command, timeoutMs })).result;
    expect(await run(["sh", "-c", "echo out; echo err >&2; exit 3"])).toEqual({
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect(await run(["sleep", "60"], 50)).toMatchObject({ exitCode: 124 });
  });

  test("takes ten minutes and not a millisecond more", async () => {
    const input = (timeoutMs: number) => op.input.safeParse({ command: ["true"], timeoutMs });
    expect(input(600_000).success).toBe(true);
    expect(input(600_001).success).toBe(false);
  });
});

describe("a login", () => {
  const secret = "sk-very-secret-0123456789";

  test("leaves what it was given in no answer, log, event, audit or file of the hub, even when codex repeats it", async () => {
    const echo = replyError(-32603, `No key is like ${secret}`, {
      given: ["{{params.apiKey}}", { token: "{{params.accessToken}}" }],
    });
    await using world = await startScriptedHub({ rules: [on("account/login/start", echo)] });
    const forms = [
      { type: "apiKey", apiKey: secret },
      { type: "chatgptAuthTokens", accessToken: secret, chatgptAccountId: "a" },
      { type: "chatgpt", apiKey: secret },
      { type: secret },
    ];
    for (const form of forms) {
      const answer = await fetchJson(world.hub, "/api/account/login/start", {
        method: "POST",
        body: JSON.stringify(form),
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(answer)).not.toContain(secret);
    }
    const { message } = (
      await callRaw(world.hub, operations["account.login.start"], forms[0] as never)
    ).body as { message: string };
    expect(message).toBe("account/login/start: No key is like [redacted]");
    const events = await fetchJson(world.hub, "/api/events?after=0:0");
    const audit = await call(world.hub, operations["audit.list"], {});
    expect(JSON.stringify([events, audit, world.logged])).not.toContain(secret);
    await world.hub.close();
    expect(filesWith(secret, world.home)).toEqual([]);
  });

  test("with a key is one of codex until it is logged out", async () => {
    await using world = await createHubWorld();
    const { hub, codex } = world;
    const limits = () => callRaw(hub, operations["account.rate_limits"], {});
    expect(await limits()).toMatchObject({ status: 401, body: { code: "auth_required" } });
    await call(hub, operations["account.login.start"], { type: "apiKey", apiKey: secret });
    expect(readFileSync(join(codex.dir, "auth.json"), "utf8")).toContain(secret);
    const health = await call(hub, operations["system.health"], {});
    expect(health.auth.codexHomeAuthFile).toBe(true);
    await call(hub, operations["account.logout"], {});
    expect(readdirSync(codex.dir)).not.toContain("auth.json");
    expect(world.logged.join("")).not.toContain(secret);
  });
});

test("what may hold a credential is stored nowhere, so it takes no idempotency key unless it may be repeated anyway", async () => {
  const secret = "Bearer very-secret-9876543210";
  const written = { status: "ok", version: "v", filePath: "/f", overriddenMetadata: null };
  await using world = await startScriptedHub(
    { rules: [on("config/value/write", reply(written))] },
    { hub: { allowedMethods: ["config/value/write"] } },
  );
  const edit = { keyPath: "mcp_servers.a.env.TOKEN", mergeStrategy: "replace", value: secret };
  const post = (path: string, body: object) =>
    fetchJson(world.hub, path, {
      method: "POST",
      headers: { "idempotency-key": "k1" },
      body: JSON.stringify(body),
    });
  for (const _ of [1, 2]) expect((await post("/api/config/value", edit)).status).toBe(200);
  const call = { method: "config/value/write", params: edit };
  expect(await post("/api/app-server/call", call)).toMatchObject({
    status: 400,
    body: { code: "invalid_request", details: { issues: [{ path: "idempotency-key" }] } },
  });
  expect((await callRaw(world.hub, operations["app_server.call"], call)).status).toBe(200);
  expect(world.asked()).toEqual(Array.from({ length: 3 }, () => "config/value/write"));
  await world.hub.close();
  expect(filesWith(secret, world.home)).toEqual([]);
  expect(world.logged.join("")).not.toContain(secret);
});

test("a codex with too much to do for now is asked again", async () => {
  await using world = await startScriptedHub({ rules: [overloaded(2, "model/list")] });
  expect((await callRaw(world.hub, operations["models.list"], {})).status).toBe(200);
  expect(world.asked()).toEqual(["model/list", "model/list", "model/list"]);
});

test("a refused write of the configuration keeps what codex says of it", async () => {
  await using world = await createHubWorld();
  const set = (value: unknown, more: object = {}) =>
    callRaw(world.hub, operations["config.set"], {
      keyPath: "tui.animations",
      mergeStrategy: "replace",
      value: value as never,
      ...more,
    });
  expect(await set(true, { expectedVersion: "sha256:0" })).toMatchObject({
    status: 409,
    body: {
      status: "conflict",
      code: "config_conflict",
      details: {
        method: "config/value/write",
        rpc: { code: -32600, data: { config_write_error_code: "configVersionConflict" } },
      },
    },
  });
  expect(await set("sometimes")).toMatchObject({ status: 400, body: { code: "invalid_params" } });
  expect(await set(null)).toMatchObject({ status: 200 });
});
