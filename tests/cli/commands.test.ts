/** What people and programs see of a command beside its operation's output. */
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operations } from "@signalbox/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runMain } from "../../packages/cli/fixtures/captured-shell.ts";
import { CommandWorld } from "./world.ts";

let world: CommandWorld;
beforeAll(async () => {
  world = await CommandWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

const terminal = { columns: 100 };
const colour = "\u001b";

async function newSession(handle: string, title: string): Promise<string> {
  const input = { handle, title };
  const { session } = await world.call(operations["sessions.create"], input);
  return session.sessionId;
}

async function newProject(name: string): Promise<string> {
  const { project } = await world.call(operations["projects.create"], { name });
  return project.projectId;
}

const projectNames = async () =>
  (await world.call(operations["projects.list"], {})).data.map(({ name }) => name);

describe("what came back", () => {
  let sessionId: string;
  beforeAll(async () => {
    sessionId = await newSession("@shown", "Shown to all");
  });

  test("is a table with colours on a terminal, without where NO_COLOR is set", async () => {
    const { out } = await world.run(["list"], { terminal });
    expect(out).toMatch(/HANDLE +SESSION ID +TITLE +STATUS/);
    expect(out).toMatch(new RegExp(`@shown +${sessionId.slice(0, 7)}.*Shown to all`));
    expect(out).toContain(colour);
    const uncoloured = await world.run(["list"], { terminal, env: { NO_COLOR: "1" } });
    expect(uncoloured.out).not.toContain(colour);
  });

  test("is lines with tabs for a program, and has no colour however it is set", async () => {
    const { out } = await world.run(["list"], { env: { FORCE_COLOR: "1" } });
    const line = out.split("\n").find((one) => one.startsWith("@shown\t"));
    expect(line?.split("\t").slice(0, 3)).toEqual(["@shown", sessionId, "Shown to all"]);
    expect(out).not.toContain(colour);
  });

  test("is JSON with --json, also on a terminal that would have colours", async () => {
    const surroundings = { terminal, env: { FORCE_COLOR: "1" } };
    const { out } = await world.run(["get", "@shown", "--json"], surroundings);
    expect(JSON.parse(out)).toMatchObject({ session: { sessionId }, transcript: [] });
    expect(out).not.toContain(colour);
  });

  test("is a record for one thing", async () => {
    const people = await world.run(["get", "@shown"], { terminal, env: { NO_COLOR: "1" } });
    expect(people.out).toMatch(/^title +Shown to all$/m);
    expect((await world.run(["get", "@shown"])).out).toContain("title\tShown to all\n");
  });

  test("is None. for an empty list on a terminal, and nothing for a program", async () => {
    const words = ["request", "list", "--session", "@shown"];
    expect((await world.run(words, { terminal, env: { NO_COLOR: "1" } })).out).toBe("None.\n");
    expect((await world.run(words)).out).toBe("");
  });
});

describe("a list in pages", () => {
  const entries = 205;
  beforeAll(async () => {
    const projectId = await newProject("Renamed often");
    for (let at = 0; at < entries; at += 1) {
      await world.call(operations["projects.rename"], { projectId, name: `Renamed ${at}` });
    }
  });
  const words = ["log", "--operation", "projects.rename"];
  const idsOf = ({ data }: { data: readonly { id: string }[] }) => data.map(({ id }) => id);

  test("is one page, and says that there is more", async () => {
    const { out, err } = await world.run(words);
    expect([out.trimEnd().split("\n").length, err]).toEqual([
      100,
      "There is more: give --all, or a larger --limit.\n",
    ]);
  });

  test("is whole with --all, each entry once", async () => {
    const page = await world.json(...words, "--all");
    expect(new Set(idsOf(page)).size).toBe(entries);
    expect(page).toMatchObject({ nextCursor: null });
  });

  test("has as many entries as --limit says, over pages, and goes on from its cursor", async () => {
    const first = (await world.json(...words, "--limit", "203")) as {
      nextCursor: string;
      data: never;
    };
    expect(idsOf(first)).toHaveLength(203);
    const rest = await world.json(...words, "--all", "--cursor", first.nextCursor);
    expect(idsOf(rest)).toHaveLength(2);
    expect(new Set([...idsOf(first), ...idsOf(rest)]).size).toBe(entries);
  });
});

describe("what takes something away", () => {
  test("is asked about by name, and done when the answer is yes", async () => {
    const projectId = await newProject("To go");
    const { code, err } = await world.run(["project", "rm", projectId], { answer: "y" });
    expect(err).toContain("Remove a project that no session is assigned to.");
    expect(err).toContain(`projectId: ${projectId}`);
    expect(code).toBe(0);
    expect(await projectNames()).not.toContain("To go");
  });

  test("is asked about with the title and the id of the session that is meant, and done to that one", async () => {
    const sessionId = await newSession("@leaving", "Going away");
    const names = ["@leaving", "Going away", sessionId];
    for (const name of names) {
      const { err, code } = await world.run(["archive", name], { answer: "n" });
      expect(err).toContain(`  session: "Going away" @leaving (${sessionId})\n`);
      expect(code).toBe(130);
    }
    const heir = await newSession("@heir", "Takes the name over");
    const rename = (id: string, handle: string) =>
      world.call(operations["sessions.rename"], { sessionId: id, handle });
    const answer = async () => {
      await rename(sessionId, "@gone");
      await rename(heir, "@leaving");
      return "y";
    };
    expect((await world.run(["delete", "@leaving"], { answer })).code).toBe(0);
    const get = (id: string) => world.call(operations["sessions.get"], { sessionId: id });
    await expect(get(sessionId)).rejects.toThrow("session_deleted");
    expect((await get(heir)).session.handle).toBe("@leaving");
  });

  test("is not asked about where no session has the name", async () => {
    const { code, err } = await world.run(["delete", "@nobody"], { answer: "y" });
    expect([code, err]).toEqual([4, expect.not.stringContaining("Go on")]);
  });

  test.each(["n", "", "yes please", "nay"])("is not done when the answer is %j", async (answer) => {
    const projectId = await newProject(`To stay ${answer}`);
    const { code, err } = await world.run(["project", "rm", projectId], { answer });
    expect(err).toContain("Nothing was done");
    expect(code).toBe(130);
    expect(await projectNames()).toContain(`To stay ${answer}`.trim());
  });

  test("is not done where nobody can be asked, but with --yes", async () => {
    const projectId = await newProject("Unasked");
    const { code, err } = await world.run(["project", "rm", projectId]);
    expect([code, err]).toEqual([2, expect.stringContaining("--yes: Is needed")]);
    expect(await projectNames()).toContain("Unasked");
    expect((await world.run(["project", "rm", projectId, "--yes"])).code).toBe(0);
    expect(await projectNames()).not.toContain("Unasked");
  });

  test("takes no --yes where nothing is taken away", async () => {
    expect(await world.run(["list", "--yes"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("unknown option '--yes'"),
    });
  });
});

describe("an error", () => {
  test("says what was nearly meant: commands, options, handles", async () => {
    await newSession("@reviewer", "Reviews");
    expect((await world.run(["lits"])).err).toContain("Did you mean list?");
    expect((await world.run(["project", "lst"])).err).toContain("Did you mean list?");
    expect((await world.run(["list", "--archve"])).err).toContain("Did you mean --archived?");
    const { code, err } = await world.run(["get", "@reviewr"]);
    expect([code, err]).toEqual([4, expect.stringContaining("@reviewer")]);
  });

  test("of the command line is JSON too where JSON was asked for, with nothing on stdout", async () => {
    for (const words of [["list", "--bogus"], ["lits"], ["get"], ["list", "--limit", "x"]]) {
      const { code, out, err } = await world.run([...words, "--json"]);
      expect([code, out]).toEqual([2, ""]);
      expect(JSON.parse(err)).toMatchObject({ error: { code: "invalid_request" } });
    }
  });

  test("of a key that can't be one names it, and nothing is sent", async () => {
    for (const key of ["", "two words", "\u043a\u043b\u044e\u0447"]) {
      const { code, err } = await world.run([
        "project",
        "add",
        "Keyless",
        "--idempotency-key",
        key,
      ]);
      expect([code, err]).toEqual([2, expect.stringContaining("visible ASCII characters")]);
    }
    expect(await projectNames()).not.toContain("Keyless");
  });

  test("names every field the hub refuses", async () => {
    const input = JSON.stringify({ limit: 0, oredr: "newest" });
    const { code, err } = await world.run(["log", "--input", input]);
    expect(code).toBe(2);
    expect(err).toMatch(/^ {2}limit: /m);
    expect(err).toMatch(/^ {2}oredr: Unknown field/m);
  });

  test("lists the sessions a title may mean", async () => {
    const ids = [await newSession("@twin1", "Twins"), await newSession("@twin2", "Twins")];
    const { code, err } = await world.run(["get", "Twins"]);
    expect(code).toBe(2);
    for (const id of ids) expect(err).toContain(id);
  });

  test("is aborted where the person interrupts", async () => {
    const { code } = await world.run(["list"], { interrupted: AbortSignal.abort() });
    expect(code).toBe(130);
  });
});

describe("the hub", () => {
  let folder: string;
  let cutting: Server;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "signalbox-cli-"));
    // Takes a request and says nothing: whether it was done nobody knows.
    cutting = createServer((request) => {
      request.resume().on("end", () => request.socket.destroy());
    });
    await once(cutting.listen(0, "127.0.0.1"), "listening");
  });
  afterAll(async () => {
    cutting.close();
    await rm(folder, { recursive: true });
  });
  const cuttingUrl = () => `http://127.0.0.1:${(cutting.address() as AddressInfo).port}`;
  const nowhere = { SIGNALBOX_URL: "http://127.0.0.1:1", SIGNALBOX_TOKEN: "t" };

  test("that does not run is said to, with how to start it", async () => {
    const { code, err } = await runMain(["list"], { env: nowhere });
    expect([code, err]).toEqual([9, expect.stringMatching(/127\.0\.0\.1:1.*\n.*signalbox up/)]);
  });

  test("that never ran on this machine is said to, with how to start it", async () => {
    const env = { SIGNALBOX_HOME: join(folder, "new"), XDG_CONFIG_HOME: folder };
    const { code, err } = await runMain(["list"], { env });
    expect([code, err]).toEqual([9, expect.stringMatching(/No hub has run yet.*\n.*signalbox up/)]);
  });

  test("is found by its home, by a profile, and by URL and token file", async () => {
    const { hub, home } = world.hub;
    const profiles = { current: "here", profiles: { here: { url: hub.url, token: hub.token } } };
    const file = join(folder, "token");
    await writeFile(file, `${hub.token}\n`);
    const config = join(folder, "config", "signalbox");
    await mkdir(config, { recursive: true });
    await writeFile(join(config, "config.json"), JSON.stringify(profiles));
    const env = { XDG_CONFIG_HOME: join(folder, "config"), SIGNALBOX_HOME: join(folder, "none") };
    const ways = [
      [],
      ["--home", home],
      ["--profile", "here"],
      ["--url", hub.url, "--token-file", file],
    ];
    for (const way of ways) {
      const { code, err } = await runMain(["system", "health", ...way], { env });
      expect([way, code, err]).toEqual([way, 0, ""]);
    }
    const both = ["system", "health", "--profile", "here", "--home", home];
    expect((await runMain(both, { env })).err).toContain("leave out --url");
  });

  test("knows who did what, and that it came by the command line", async () => {
    await world.run(["project", "add", "Ann's", "--actor", "ann"]);
    const { data } = await world.call(operations["audit.list"], { limit: 1 });
    expect(data[0]).toMatchObject({ actor: "ann", surface: "cli", operation: "projects.create" });
  });

  test("whose answer to a write is lost is told the key that makes repeating it safe", async () => {
    const env = { SIGNALBOX_URL: cuttingUrl(), SIGNALBOX_TOKEN: "t" };
    const { code, err } = await runMain(["project", "add", "Lost", "--json"], { env });
    const { error } = JSON.parse(err);
    expect([code, error.code]).toEqual([11, "outcome_unknown"]);
    const key = error.details.idempotencyKey;
    expect(error.message).toContain(`--idempotency-key ${key}`);
    const again = ["project", "add", "Once", "--idempotency-key", key, "--json"];
    const answers = [await world.run(again), await world.run(again)].map(({ out }) =>
      JSON.parse(out),
    );
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe("help, schemas", () => {
  test("of a command shows its examples as words", async () => {
    const { code, out } = await runMain(["help", "request", "respond"]);
    expect(code).toBe(0);
    expect(out).toContain("Usage: signalbox request respond [options] <request>");
    expect(out).toContain("--answer.decision <choice>");
    expect(out).toMatch(/ {2}signalbox request respond req_\S+ --answer\.kind command_approval/);
    expect((await runMain(["request", "respond", "--help"])).out).toBe(out);
  });

  test("explains the options that every command has once", async () => {
    expect((await runMain(["help", "options"])).out).toContain("--idempotency-key");
    expect((await runMain(["list", "--help"])).out).not.toContain("--idempotency-key");
  });

  test.each([[["project", "lisst"]], [["lisst"]], [["lisst", "it"]]])(
    "is refused for a command there is not: %j",
    async (words) => {
      expect((await runMain(["help", ...words])).code).toBe(2);
    },
  );

  test.each([
    [["sessions.list"]],
    [["list"]],
    [["request", "list"]],
    [["request list"]],
    [["requests.list", "--json"]],
  ])("a schema is found by %j, asks no hub and has no colour", async (words) => {
    const { code, out } = await runMain(["schema", ...words], {
      env: { FORCE_COLOR: "1" },
      terminal,
    });
    const name = words.join(" ").includes("request") ? "requests.list" : "sessions.list";
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      operation: name,
      intent: "read",
      input: { type: "object", properties: { limit: {} }, additionalProperties: false },
      output: { type: "object", properties: { data: {} } },
    });
  });

  test("a schema of what there is not is refused with what is near, and no stack", async () => {
    const { code, out, err } = await runMain(["schema", "sesions.list"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("Did you mean sessions.list");
    expect(err).not.toMatch(/\n\s+at /);
  });
});
