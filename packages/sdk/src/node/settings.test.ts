import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hubHome, profilesPath, readEnvironment, readProfile } from "./settings.ts";
import { type LocalOptions, Signalbox } from "./signalbox.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "signalbox-settings-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

const here = (env: Record<string, string> = {}) => ({ env, home });

function write(path: string, content: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
}

function writeProfiles(content: unknown): void {
  write(profilesPath(here()), JSON.stringify(content));
}

describe("readProfile", () => {
  it("knows local without a file: the hub on this machine and the token of its home", () => {
    write(join(home, ".signalbox", "token"), "secret\n");
    expect(readProfile(undefined, here())).toEqual({
      url: "http://127.0.0.1:4777",
      token: "secret",
    });
    expect(readProfile("local", here())).toEqual(readProfile(undefined, here()));
  });

  it("looks for the token in SIGNALBOX_HOME", () => {
    const elsewhere = join(home, "elsewhere");
    write(join(elsewhere, "token"), "other");
    expect(hubHome(here({ SIGNALBOX_HOME: elsewhere }))).toBe(elsewhere);
    expect(readProfile("local", here({ SIGNALBOX_HOME: elsewhere })).token).toBe("other");
  });

  it("takes the named profile, or the current one, with its token or token file", () => {
    write(join(home, "work-token"), "from a file");
    writeProfiles({
      current: "work",
      profiles: {
        work: { url: "https://hub.example", tokenFile: "~/work-token" },
        lab: { url: "http://lab:4777", token: "lab" },
      },
    });
    expect(readProfile(undefined, here())).toEqual({
      url: "https://hub.example",
      token: "from a file",
    });
    expect(readProfile("lab", here())).toEqual({ url: "http://lab:4777", token: "lab" });
  });

  it("names the known profiles when asked for an unknown one", () => {
    writeProfiles({ profiles: { work: { url: "http://w", token: "w" } } });
    expect(() => readProfile("wrok", here())).toThrow(/"wrok".*Known: local, work\./);
  });

  it("never sends the local token to a hub of another profile", () => {
    write(join(home, ".signalbox", "token"), "secret");
    writeProfiles({ profiles: { work: { url: "http://w" } } });
    expect(() => readProfile("work", here())).toThrow(/neither token nor tokenFile/);
  });

  it("says what is wrong with a file that can't be used, and that a token is missing", () => {
    expect(() => readProfile("local", here())).toThrow(/no token at .*signalbox serve/);
    write(profilesPath(here()), "{");
    expect(() => readProfile("local", here())).toThrow(/not JSON/);
    writeProfiles({ profiles: { work: { url: 5 } } });
    expect(() => readProfile("work", here())).toThrow(/work.*url must be a text/);
    writeProfiles([]);
    expect(() => readProfile("work", here())).toThrow(/must be/);
  });
});

describe("readEnvironment", () => {
  it("takes URL and token, and the hub on this machine without them", () => {
    const env = { SIGNALBOX_URL: "http://h:1", SIGNALBOX_TOKEN: "t" };
    expect(readEnvironment(here(env))).toEqual({ url: "http://h:1", token: "t" });
    write(join(home, ".signalbox", "token"), "secret");
    expect(readEnvironment(here())).toEqual({ url: "http://127.0.0.1:4777", token: "secret" });
  });

  it("finds the hub of its home where that hub says it listens, and only while it runs", () => {
    const elsewhere = join(home, "elsewhere");
    const surroundings = here({ SIGNALBOX_HOME: elsewhere });
    write(join(elsewhere, "token"), "secret");
    const url = "http://127.0.0.1:45678";
    const says = (content: unknown) => {
      write(join(elsewhere, "hub.lock"), JSON.stringify(content));
      return readEnvironment(surroundings).url;
    };
    expect(says({ pid: process.pid, url })).toBe(url);
    expect(readProfile("local", surroundings).url).toBe(url);
    // No process has this id on any system.
    expect(says({ pid: 2 ** 22 + 1, url })).toBe("http://127.0.0.1:4777");
    expect(says({ pid: process.pid, url: null })).toBe("http://127.0.0.1:4777");
    expect(says(null)).toBe("http://127.0.0.1:4777");
  });

  it("never sends the local token to a hub elsewhere", () => {
    write(join(home, ".signalbox", "token"), "secret");
    expect(() => readEnvironment(here({ SIGNALBOX_URL: "http://h:1" }))).toThrow(/SIGNALBOX_TOKEN/);
  });
});

describe("Signalbox", () => {
  it("refuses a URL or a token that can't be one", () => {
    expect(() => new Signalbox({ url: "hub", token: "t" })).toThrow(/not the URL of a hub/);
    expect(() => new Signalbox({ url: "ftp://hub", token: "t" })).toThrow(/not the URL of a hub/);
    expect(() => new Signalbox({ url: "http://hub", token: "" })).toThrow(/token/);
    expect(() => new Signalbox({ url: "http://hub", token: "a b" })).toThrow(/token/);
  });

  it("takes every option beside a profile or the environment, whose address it keeps", async () => {
    vi.stubEnv("XDG_CONFIG_HOME", home);
    vi.stubEnv("SIGNALBOX_URL", "http://from.env/prefix");
    vi.stubEnv("SIGNALBOX_TOKEN", "env-token");
    const profiles = { work: { url: "http://from.profile", token: "profile-token" } };
    write(join(home, "signalbox", "config.json"), JSON.stringify({ profiles }));
    const sent: string[] = [];
    const options: LocalOptions = {
      actor: "ann",
      headers: () => ({ "x-trace": "1" }),
      fetch: async (url, init) => {
        const headers = new Headers(init?.headers);
        const names = ["authorization", "x-signalbox-actor", "x-trace"];
        sent.push([url, ...names.map((name) => headers.get(name))].join(" "));
        return new Response("{}");
      },
    };
    await Signalbox.fromProfile("work", options).projects.list();
    await Signalbox.fromEnv(options).projects.list();
    expect(sent).toEqual([
      "http://from.profile/api/projects Bearer profile-token ann 1",
      "http://from.env/prefix/api/projects Bearer env-token ann 1",
    ]);
  });
});
