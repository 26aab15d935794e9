import { execFile } from "node:child_process";
import { access, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { mcpTestServer } from "../index.ts";
import { createCodexHome } from "./codex-home.ts";
import { findCodex } from "./find-codex.ts";

const run = promisify(execFile);
const PREFLIGHT = ["app-server", "--strict-config", "--print-startup-config"];
const model = "http://127.0.0.1:1/v1";

test("Codex accepts every key of the config, with and without options", async () => {
  for (const options of [
    { model },
    {
      model: { url: model },
      approvalPolicy: "on-request",
      sandboxMode: "workspace-write",
      modelName: "other-model",
      catalog: { context_window: 1000 },
      features: { request_permissions_tool: true },
      mcpServers: { x: mcpTestServer() },
      config: { model_context_window: 5000, features: { goals: false } },
    } as const,
    { model, catalog: false } as const,
  ]) {
    await using home = await createCodexHome(options);
    const { stdout } = await run(findCodex(), PREFLIGHT, { env: home.env });
    expect(JSON.parse(stdout)).toHaveProperty("appServerVersion");
  }
});

test("Codex refuses a key it does not know, so the test above can fail", async () => {
  await using home = await createCodexHome({ model, config: { no_such_key: 1 } });
  await expect(run(findCodex(), PREFLIGHT, { env: home.env })).rejects.toThrow(
    "startup configuration unavailable",
  );
});

test("nothing of our environment is passed on, and whatever asks a proxy fails", async () => {
  process.env.OPENAI_API_KEY = "from outside";
  await using home = await createCodexHome({ model });
  delete process.env.OPENAI_API_KEY;
  expect(home.env).not.toHaveProperty("OPENAI_API_KEY");
  expect(home.env).toMatchObject({
    CODEX_HOME: home.dir,
    HOME: join(home.dir, "home"),
    HTTPS_PROXY: "http://127.0.0.1:9",
    NO_PROXY: expect.stringContaining("127.0.0.1"),
  });
  expect(await readFile(join(home.dir, "config.toml"), "utf8")).toContain(`base_url = "${model}"`);
  expect((await stat(home.workspace)).isDirectory()).toBe(true);
});

test("disposing removes all of it", async () => {
  const home = await createCodexHome({ model });
  await home[Symbol.asyncDispose]();
  await expect(access(home.dir)).rejects.toThrow("ENOENT");
  await expect(access(home.workspace)).rejects.toThrow("ENOENT");
});
