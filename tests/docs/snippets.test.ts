/** The code in the guides is code that compiles and runs: each block is a region of a program in examples/snippets. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { routerConformance } from "@signalbox/sdk/testing";
import { execCommand, functionCall, gate, type ScriptedModel, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { compile } from "../sdk/compile.ts";
import { World } from "../sdk/world.ts";
import { guideNames, readGuide } from "./guide.ts";

const root = join(import.meta.dirname, "../..");
const snippets = join(root, "examples/snippets");
const run = promisify(execFile);

interface Play {
  /** What the model says, turn by turn. */
  readonly script?: (model: ScriptedModel) => void;
  /** Lines the program prints, in any order. */
  readonly prints: readonly unknown[];
}

const hello = (model: ScriptedModel) => model.turn(text("Hello."));

const plays: Record<string, Play> = {
  "approvals.ts": {
    script(model) {
      model.turn(
        execCommand({ cmd: "git status" }),
        execCommand({ cmd: "git push" }),
        execCommand({ cmd: "git commit -m x" }),
        text("Declined."),
      );
      model.turn(execCommand({ cmd: "rm old.md" }), text("Removed."));
    },
    prints: [
      "answered accept null 1",
      "answered decline null 0",
      "answered decline night watch undefined",
      "sessions.policy.set ana ok",
      "requests.respond night watch ok",
      "approvals.decide ana ok",
    ],
  },
  "calls.ts": { prints: ["0.1.0", "sessions.rename done", "raw.request done", "bye"] },
  "decorators.ts": { script: hello, prints: ["watcher [ 'title' ]", "watcher completed"] },
  "first-program.ts": {
    script(model) {
      model.turn(text(["A signal ", "by arms."]));
      model.turn(text("A lock for one."));
    },
    prints: [
      "completed 17",
      "assistant A signal by arms.",
      "Semaphores",
      "session_not_found not_found false",
      "true",
    ],
  },
  "handlers.ts": { script: hello, prints: ["agentMessage", "app_server.turn.completed"] },
  "inbox.ts": {
    script(model) {
      model.when("Build it").turn(text("A lock for one."));
      model.when("A lock for one").turn(text("Ship it."));
    },
    prints: ["@lead completed Ship it.", "completed acknowledged", "@builder is idle"],
  },
  "messages.ts": {
    script(model) {
      model.when(/slow|browser|cores/).turn(text(["Looking. ", gate("never opened")]));
      model.when("Run them all").turn(text(["Running. ", gate("never opened")]));
      model.respond(() => text("Done."));
    },
    prints: [
      "accepted queued 0 accepted",
      "queue completed true",
      "turn_interrupted 2",
      "done: queue",
      "done: queue",
    ],
  },
  "ordering.ts": { script: hello, prints: [] },
  "remote-skills.ts": {
    script(model) {
      model.turn(functionCall("in_stock", { part: "lamp" }), text("Three."));
      model.turn(functionCall("in_stock", { part: "switch" }), text("None."));
    },
    prints: ["completed Three.", "answered"],
  },
  "routers.ts": { prints: routerConformance.map(({ title }) => `a router ${title}`) },
  "triggers.ts": {
    script: hello,
    prints: [
      "Morning report true",
      "true enabled,missed,depth,backlog",
      "202",
      "The build done The build of main is red.",
      "The build done webhook runs",
    ],
  },
  "wire-client.ts": {
    script: hello,
    prints: [expect.stringMatching(/^app_server\.turn\.completed \w+:\d+$/)],
  },
};

function regionsOf(file: string): Map<string, string> {
  const code = readFileSync(join(snippets, file), "utf8");
  const found = code.matchAll(/^\/\/ #region (\S+)\n(.*?)^\/\/ #endregion \1\n/gms);
  return new Map([...found].map(([, name = "", body = ""]) => [name, body]));
}

const programs = readdirSync(snippets).filter((file) => file.endsWith(".ts"));

test.each(guideNames)(
  "every block of TypeScript in the guide %s is a region of a program",
  (name) => {
    const guide = readGuide(name);
    const blocks = [
      ...guide.matchAll(/(?:<!-- examples\/snippets\/(\S+)#(\S+) -->\n)?```ts\n(.*?)```/gs),
    ];
    for (const [, file, region, code = ""] of blocks) {
      expect(file, code).toBeDefined();
      expect(code).toBe(regionsOf(file ?? "").get(region ?? ""));
    }
  },
);

test("every region is shown in a guide", () => {
  const shown = guideNames.map(readGuide).join("\n");
  const markers = programs.flatMap((file) =>
    [...regionsOf(file).keys()].map((region) => `<!-- examples/snippets/${file}#${region} -->`),
  );
  expect(markers.filter((marker) => !shown.includes(marker))).toEqual([]);
});

test.each(programs)(
  "%s runs on a real hub, to its end and without a complaint",
  async (file) => {
    const play = plays[file];
    expect(play, "what it prints").toBeDefined();
    await using world = await World.start();
    play?.script?.(world.model);
    await using compiled = await compile(join(snippets, file));
    const { stdout, stderr } = await run(
      process.execPath,
      ["--conditions=@signalbox/source", compiled.path],
      { env: { ...process.env, SIGNALBOX_URL: world.url, SIGNALBOX_TOKEN: world.token } },
    );
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toEqual(expect.arrayContaining([...(play?.prints ?? [])]));
  },
  60_000,
);
