import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCodex, writeCodexHome } from "@signalbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunningCommand, runCommand } from "../../fixtures/run-command.ts";

let dir: string;
let env: Readonly<Record<string, string | undefined>>;
const codex = findCodex();

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "signalbox-serve-"));
  // No model is ever asked for in these tests.
  env = await writeCodexHome(join(dir, "codex"), { model: "http://127.0.0.1:9/v1" });
});
afterAll(() => rmSync(dir, { recursive: true, maxRetries: 5 }));

const homes = { next: 0 };
const freshHome = () => join(dir, `home-${homes.next++}`);

function script(name: string, lines: string): string {
  const path = join(dir, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("signalbox serve", () => {
  test("says one line when ready, answers, and ends with 0 at SIGTERM", async () => {
    const home = freshHome();
    await using hub = new RunningCommand(
      ["serve", "--port", "0", "--home", home, "--codex", codex],
      { env },
    );
    const line = await hub.line();
    const url = /^signalbox listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1];
    const token = readFileSync(join(home, "token"), "utf8").trim();
    const response = await fetch(`${url}/api/health`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await response.json()).toMatchObject({ status: "ok", codex: { running: true } });
    expect((await fetch(`${url}/api/health`)).status).toBe(401);
    hub.child.kill("SIGTERM");
    expect(await hub.ended()).toBe(0);
    expect(hub.stdout).toBe(`${line}\n`);
    expect(hub.stderr).not.toContain(token);
  });

  test("allows what may do harm only as far as it was told to", async () => {
    const read = { method: "fs/readFile", params: { path: "not-a-whole-path" } };
    const run = { command: ["true"], cwd: "/no/such/folder" };
    const ask = async (...options: string[]) => {
      const home = freshHome();
      const args = ["serve", "--port", "0", "--json", "--home", home, "--codex", codex];
      await using hub = new RunningCommand([...args, ...options], { env });
      const { url } = JSON.parse(await hub.line());
      const token = readFileSync(join(home, "token"), "utf8").trim();
      const codeOf = async (path: string, body: object) => {
        const headers = { authorization: `Bearer ${token}` };
        const init = { method: "POST", body: JSON.stringify(body), headers };
        return ((await (await fetch(`${url}${path}`, init)).json()) as { code: string }).code;
      };
      return [await codeOf("/api/app-server/call", read), await codeOf("/api/commands/exec", run)];
    };
    expect(await ask()).toEqual(["method_denied", "operation_disabled"]);
    const methods = ["--allow-app-server-method", "a/b", "--allow-app-server-method", read.method];
    // Codex itself refuses them now.
    expect(await ask(...methods, "--allow-exec")).toEqual(["invalid_params", "codex_error"]);
  });

  test("says where it is as JSON, takes the binary from SIGNALBOX_CODEX and the home from SIGNALBOX_HOME", async () => {
    const home = freshHome();
    await using hub = new RunningCommand(["serve", "--port", "0", "--json"], {
      env: { ...env, SIGNALBOX_CODEX: codex, SIGNALBOX_HOME: home },
    });
    const ready = JSON.parse(await hub.line());
    expect(ready).toEqual({ url: expect.stringMatching(/^http:/), pid: hub.child.pid });
    expect(readFileSync(join(home, "token"), "utf8")).not.toBe("");
    hub.child.kill("SIGINT");
    expect(await hub.ended()).toBe(0);
  });

  test("names the hub that holds its home", async () => {
    const args = ["serve", "--port", "0", "--home", freshHome(), "--codex", codex];
    await using hub = new RunningCommand(args, { env });
    await hub.line();
    const second = await runCommand(args, { env });
    expect(second.code).toBe(6);
    expect(second.stderr).toContain(`The hub with process id ${hub.child.pid} runs on`);
  });

  test("says that the port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = String((server.address() as AddressInfo).port);
    const args = ["serve", "--port", port, "--home", freshHome(), "--codex", codex, "--json"];
    const { code, stderr } = await runCommand(args, { env });
    server.close();
    expect(code).toBe(9);
    const error = JSON.parse(stderr.trim().split("\n").at(-1) ?? "");
    expect(error).toMatchObject({
      error: { code: "listen_failed", message: expect.stringContaining(port) },
    });
  });

  test.each([
    ["is not there", () => join(dir, "nowhere"), /^signalbox: No codex binary at .*nowhere/m],
    [
      "is too old",
      () => script("old", "echo codex-cli 0.1.0"),
      /^signalbox: codex at .*old is version 0\.1\.0; at least \d+\.\d+\.\d+ is wanted/m,
    ],
    [
      "exits at once",
      () =>
        script(
          "dies",
          'test "$1" = --version && echo codex-cli 0.169.0 && exit\necho "no luck today" >&2\nexit 3',
        ),
      /^signalbox: codex at .*dies \(version 0\.169\.0.*code 3.*\nno luck today$/m,
    ],
  ])("says what is wrong with a codex that %s, without a stack trace", async (_, path, said) => {
    const args = ["serve", "--port", "0", "--home", freshHome(), "--codex", path()];
    const { code, stdout, stderr } = await runCommand(args, { env });
    expect(code).toBe(9);
    expect(stdout).toBe("");
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  test("refuses a runtime there is none of, and a home too long for the shared one's socket, before anything is started", async () => {
    const other = await runCommand(["serve", "--runtime", "cloud", "--home", freshHome()], { env });
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('no runtime "cloud": choose one of private, shared');
    const home = join(freshHome(), "x".repeat(100));
    const long = await runCommand(["serve", "--runtime", "shared", "--home", home], { env });
    expect(long.code).toBe(2);
    expect(long.stderr).toContain("a shorter path");
  });

  test("leaves a shared app-server running, says how to end it, and `runtime stop` does", async () => {
    const home = freshHome();
    await using hub = new RunningCommand(
      ["serve", "--port", "0", "--runtime", "shared", "--home", home, "--codex", codex],
      { env },
    );
    await hub.line();
    const stop = ["runtime", "stop", "--home", home];
    const refused = await runCommand(stop, { env });
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain(`The hub with process id ${hub.child.pid} runs on`);
    hub.child.kill("SIGTERM");
    expect(await hub.ended()).toBe(0);
    expect(hub.stderr).toContain("`signalbox runtime stop` ends it");
    const stopped = await runCommand(stop, { env });
    expect(stopped).toMatchObject({
      code: 0,
      stdout: `stopped the shared app-server of ${home}\n`,
    });
    const again = await runCommand([...stop, "--json"], { env });
    expect(JSON.parse(again.stdout)).toEqual({ stopped: false });
  });
});
