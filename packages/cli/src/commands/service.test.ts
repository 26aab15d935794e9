import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HubHomes } from "../../fixtures/hub-homes.ts";
import { runCommand } from "../../fixtures/run-command.ts";

let homes: HubHomes;
beforeAll(async () => {
  homes = await HubHomes.make();
});
afterAll(() => homes[Symbol.asyncDispose]());

/** The lines of a unit, by section; fails on any that is none. */
function parseUnit(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let section: Record<string, string> | undefined;
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const name = /^\[(\w+)\]$/.exec(line)?.[1];
    if (name !== undefined) section = sections[name] = {};
    else {
      const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (section === undefined || key === undefined) throw new Error(`not of a unit: ${line}`);
      section[key] = value ?? "";
    }
  }
  return sections;
}

/** The words of an ExecStart, as systemd reads them. */
const wordsOf = (line: string) =>
  [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word]) =>
    word!.replaceAll(/\\(.)/g, "$1").replaceAll("%%", "%").replaceAll("$$", "$"),
  );

/** Keys and values of a property list's outermost dict, in order; fails on what is not well-formed. */
function parsePlist(text: string): { tags: string[]; texts: string[] } {
  const open: string[] = [];
  const tags: string[] = [];
  const texts: string[] = [];
  for (const [, closing, name, empty, , content] of text.matchAll(
    /<(\/?)([a-z]+)(?:[^<>]*?)(\/?)>(([^<]*))/g,
  )) {
    if (empty === "/") tags.push(name!);
    else if (closing === "") {
      open.push(name!);
      tags.push(name!);
      if (["key", "string", "integer"].includes(name!)) texts.push(content!);
    } else if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  const decode = (part: string) =>
    part.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  return { tags, texts: texts.map(decode) };
}

/** A folder of programs that note how they were called, first on the PATH. */
function noting(name: string, exitCode = 0) {
  const folder = join(homes.folder, `bin-${name}-${exitCode}`);
  const notes = join(folder, "notes");
  mkdirSync(folder, { recursive: true });
  const program = join(folder, name);
  writeFileSync(
    program,
    `#!/bin/sh\necho "$@" >> ${notes}\necho "not today" >&2\nexit ${exitCode}\n`,
  );
  chmodSync(program, 0o755);
  const home = join(folder, "user");
  const env = {
    ...homes.env,
    HOME: home,
    XDG_CONFIG_HOME: undefined,
    PATH: [folder, process.env.PATH].join(delimiter),
  };
  return { env, home, notes: () => (existsSync(notes) ? readFileSync(notes, "utf8") : "") };
}

describe("signalbox service", () => {
  test("prints a unit of systemd with absolute paths, that ends only the hub where codex outlives it", async () => {
    const home = join(homes.folder, 'a b%c$d"e');
    const { code, stdout } = await homes.run(home, "service", "systemd", "--port", "4999");
    expect(code).toBe(0);
    const { Unit, Service, Install } = parseUnit(stdout);
    expect(Unit?.Description).toBe("Signalbox hub");
    expect(wordsOf(Service!.ExecStart!)).toEqual([
      process.execPath,
      expect.stringMatching(/^\/.*signalbox\.js$/),
      "serve",
      "--home",
      home,
      "--port",
      "4999",
    ]);
    expect(Service).toMatchObject({ Restart: "on-failure", KillMode: "mixed", UMask: "0077" });
    expect(Service?.StandardError).toBe(`append:${join(home, "hub.log").replace("%", "%%")}`);
    expect(Install).toEqual({ WantedBy: "default.target" });
    const shared = await homes.run(home, "service", "systemd", "--print", "--runtime", "shared");
    expect(parseUnit(shared.stdout).Service?.KillMode).toBe("process");
  }, 40_000);

  test.skipIf(spawnSync("systemd-analyze", ["--version"]).error !== undefined)(
    "prints a unit that systemd itself finds nothing wrong with",
    async () => {
      const home = join(homes.folder, "a b%c");
      mkdirSync(home);
      const { stdout } = await homes.run(home, "service", "systemd", "--runtime", "shared");
      const unit = join(homes.folder, "signalbox.service");
      writeFileSync(unit, stdout);
      const verify = () =>
        spawnSync("systemd-analyze", ["verify", "--user", unit], {
          env: { ...process.env, XDG_RUNTIME_DIR: homes.folder },
          encoding: "utf8",
        });
      expect(verify()).toMatchObject({ status: 0, stderr: "" });
      writeFileSync(unit, stdout.replace("on-failure", "perhaps"));
      expect(verify().stderr).toContain("perhaps");
    },
    40_000,
  );

  test("prints a well-formed property list for launchd", async () => {
    const home = join(homes.folder, "a <b> & c");
    const { code, stdout } = await homes.run(home, "service", "launchd", "--runtime", "shared");
    expect(code).toBe(0);
    const { tags, texts } = parsePlist(stdout);
    expect(tags.slice(0, 4)).toEqual(["plist", "dict", "key", "string"]);
    expect(texts.slice(0, 7)).toEqual([
      "Label",
      "dev.signalbox.hub",
      "ProgramArguments",
      process.execPath,
      expect.stringMatching(/^\/.*signalbox\.js$/),
      "serve",
      "--home",
    ]);
    expect(texts).toContain(home);
    expect(texts.at(-1)).toBe(join(home, "hub.log"));
    expect(stdout).toMatch(
      /<key>KeepAlive<\/key>\s*<dict>\s*<key>SuccessfulExit<\/key>\s*<false\/>/,
    );
    expect(stdout).toMatch(/<key>AbandonProcessGroup<\/key>\s*<true\/>/);
  });

  test("passes on no credential of the environment", async () => {
    const env = { ...homes.env, OPENAI_API_KEY: "sk-secret", SIGNALBOX_TOKEN: "sk-secret" };
    for (const manager of ["systemd", "launchd"]) {
      const { stdout } = await runCommand(["service", manager], { env });
      expect(stdout).toContain(homes.env.CODEX_HOME);
      expect(stdout).not.toContain("sk-secret");
    }
  });

  test("sets the service up through the manager, and takes it away", async () => {
    const { env, home, notes } = noting("systemctl");
    const hub = homes.fresh();
    const installed = await runCommand(["service", "systemd", "--install", "--home", hub], { env });
    const path = join(home, ".config/systemd/user/signalbox.service");
    expect(installed.code).toBe(0);
    expect(installed.stdout).toContain(path);
    expect(readFileSync(path, "utf8")).toContain(hub);
    expect(existsSync(hub)).toBe(true);
    expect(notes()).toBe(
      "--user daemon-reload\n--user enable signalbox.service\n--user restart signalbox.service\n",
    );
    const gone = await runCommand(["service", "systemd", "--uninstall"], { env });
    expect([gone.code, gone.stdout]).toEqual([0, "the service is gone\n"]);
    expect(existsSync(path)).toBe(false);
    expect(notes()).toMatch(/--user disable --now signalbox\.service\n--user daemon-reload\n$/);
    const again = await runCommand(["service", "systemd", "--uninstall", "--json"], { env });
    expect(JSON.parse(again.stdout)).toEqual({ uninstalled: false });
  }, 40_000);

  test("says what the manager said when it refuses, and refuses two things at once", async () => {
    const { env } = noting("launchctl", 5);
    const args = ["service", "launchd", "--install", "--home", homes.fresh()];
    const refused = await runCommand(args, { env });
    expect(refused.code).toBe(6);
    expect(refused.stderr).toMatch(/`launchctl bootstrap gui\/\d+ .*` failed: not today/);
    const both = await runCommand([...args, "--uninstall"], { env });
    expect(both.code).toBe(2);
    expect((await runCommand(["service", "cron"], { env })).code).toBe(2);
  }, 40_000);
});
