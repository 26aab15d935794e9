/** Remote skills on a real hub with the real codex, some of them in processes of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Signalbox, type SkillCatalog, type SkillSession } from "@signalbox/sdk";
import {
  deltas,
  functionCall,
  gate,
  type RecordedRequest,
  type Reply,
  text,
} from "@signalbox/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { z } from "zod";
import { createHubWorld, type HubAddress } from "../../packages/hub/fixtures/hub-world.ts";
import { cuttable, World } from "./world.ts";

let world: World;
let stop: AbortController;
let children: ChildProcess[];

beforeAll(async () => {
  world = await World.start();
}, 30_000);
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  stop = new AbortController();
  children = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(children.map(kill));
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** A process that offers `tool` to the session; resolves once it listens. */
async function startWorker(
  sessionId: string,
  name: string,
  tool = "work",
  { how = "answer", hub = world }: { how?: "answer" | "hang"; hub?: HubAddress } = {},
): Promise<{ child: ChildProcess; lines: string[]; said(line: RegExp): Promise<string> }> {
  const program = new URL("./programs/skill-worker.ts", import.meta.url).pathname;
  const args = [hub.url, hub.token, sessionId, name, tool, how];
  const child = spawn(process.execPath, ["--conditions=@signalbox/source", program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      const look = () => {
        const found = lines.find((line) => pattern.test(line));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  await said(/^ready$/);
  return { child, lines, said };
}

const counting = z.object({ n: z.number() });

/** A session with tools that this process does not serve by itself. */
async function createSession(box: Signalbox, ...tools: string[]): Promise<SkillSession> {
  return box.remoteSkills.createSession({
    register(catalog) {
      for (const name of tools) catalog.skill({ name, input: counting }, ({ n }) => `here ${n}`);
    },
  });
}

/** What the model was given back for its calls, in order. */
function outputsOf(request: RecordedRequest): string[] {
  return [...request.toolOutputs.values()].map((output) => JSON.stringify(output));
}

const lastRequest = () => world.model.requests.at(-1)!;

/** Sends a message and resolves with how its turn ended. */
async function turn(box: Signalbox, sessionId: string): Promise<string> {
  const { status } = await box.remoteSkills
    .session(sessionId)
    .sendAndHandle(`Go ${sessionId}`, { injectSkills: false });
  return status;
}

/** What the model says in this session, to messages that name it. */
const script = ({ sessionId }: { sessionId: string }, ...replies: Reply[]) =>
  world.model.when(sessionId).turn(...replies);

/** A client that offers nothing, to start turns with. */
const bystander = () => world.connect();

describe("remote skills", () => {
  test("serve the calls of a session and give texts, images, audio, values and failures back", async () => {
    const box = world.connect();
    const heard = { type: "inputAudio", audioUrl: "data:audio/wav;base64,UklGRg==" } as const;
    const { skills } = await box.remoteSkills.createSession({
      register(catalog) {
        const input = z.object({});
        const png =
          "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
        catalog.skill({ name: "picture", input }, () => ({
          contentItems: [
            { type: "inputText", text: "a picture" },
            { type: "inputImage", imageUrl: png },
          ],
        }));
        catalog.skill({ name: "sound", input }, () => ({
          contentItems: [heard],
        }));
        catalog.skill({ name: "value", input }, async () => ({ degrees: 3 }));
        catalog.skill({ name: "failure", input }, () => ({
          success: false,
          contentItems: [{ type: "inputText", text: "closed today" }],
        }));
        catalog.skill({ name: "unsayable", input }, () => 10n);
      },
    });
    script(
      skills,
      ...["picture", "sound", "value", "failure", "unsayable"].map((name) =>
        functionCall(name, {}),
      ),
      text("Seen."),
    );
    const sent = await skills.sendAndHandle(`Show ${skills.sessionId}`, { effort: "low" });
    expect(sent).toMatchObject({ status: "completed", error: null, assistantReply: "Seen." });
    expect(sent.dispatches).toMatchObject([
      { status: "answered", tool: "picture", success: true },
      { status: "answered", tool: "sound", success: true },
      { status: "answered", tool: "value", success: true },
      { status: "answered", tool: "failure", success: false },
      { status: "answered", tool: "unsayable", success: false },
    ]);
    const [picture, sound, value, failure, unsayable] = outputsOf(lastRequest());
    expect(picture).toMatch(/a picture.*data:image\/png/);
    // Codex takes a sound, keeps it, and tells a model that can't listen that there was one.
    expect(sound).toContain("audio content omitted");
    const { thread } = await box.sessions.get({ sessionId: skills.sessionId });
    const items = thread.turns.flatMap((turn) => turn.items) as { tool?: string }[];
    expect(items.find((item) => item.tool === "sound")).toMatchObject({
      success: true,
      contentItems: [heard],
    });
    expect(value).toContain('degrees\\":3');
    expect(failure).toContain("closed today");
    expect(unsayable).toContain("Skill unsayable failed");
    expect(JSON.stringify(world.model.requests.at(-6)!.input)).toContain("Tools of this session");
  });

  test("run each call once where two processes offer the tool and hear of it in every way at once", async () => {
    const box = bystander();
    const { created } = await createSession(box, "work");
    const { sessionId } = created.session;
    const workers = await Promise.all(["a", "b"].map((name) => startWorker(sessionId, name)));
    const calls = 6;
    script(
      { sessionId },
      ...Array.from({ length: calls }, (_, n) => functionCall("work", { n })),
      text("Done."),
    );
    // A client of its own, which has no skills of the session.
    expect(await turn(bystander(), sessionId)).toBe("completed");
    const runs = workers.flatMap(({ lines }) => lines.filter((line) => line.startsWith("run ")));
    expect(runs.map((line) => Number(line.split(" ")[1])).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const [n, output] of outputsOf(lastRequest()).entries()) {
      expect(output).toMatch(new RegExp(`[ab] did ${n}`));
    }
    const outcomes = workers.flatMap(({ lines }) =>
      lines.filter((line) => line.startsWith("outcome")),
    );
    for (const outcome of outcomes) {
      expect(outcome).toMatch(/^outcome (answered|settled|ignored taken_elsewhere)/);
    }
  }, 60_000);

  test("leave a tool to the process that offers it, also when another one serves the session", async () => {
    const box = bystander();
    const { created } = await createSession(box, "left", "right");
    const { sessionId } = created.session;
    await startWorker(sessionId, "lefty", "left");
    await startWorker(sessionId, "righty", "right");
    script(
      { sessionId },
      functionCall("right", { n: 1 }),
      functionCall("left", { n: 2 }),
      text("Done."),
    );
    expect(await turn(bystander(), sessionId)).toBe("completed");
    const [right, left] = outputsOf(lastRequest());
    expect(right).toContain("righty did 1");
    expect(left).toContain("lefty did 2");
  }, 60_000);

  test("are bound again by name in a process that was started anew", async () => {
    const first = world.connect();
    const { created } = await createSession(first, "work");
    const { sessionId } = created.session;
    await first.close();
    const again = world.connect();
    const skills = await again.remoteSkills.bind(sessionId, {
      register: (catalog) =>
        catalog.skill({ name: "work", input: counting }, ({ n }) => `again ${n}`),
    });
    expect(again.remoteSkills.session(sessionId)).toBe(skills);
    script(skills, functionCall("work", { n: 7 }), text("Done."));
    expect(await skills.sendAndHandle(`Go ${skills.sessionId}`)).toMatchObject({
      assistantReply: "Done.",
    });
    expect(outputsOf(lastRequest())[0]).toContain("again 7");
  });

  test("refuse to bind what does not fit the session, and name every skill that is missing, unknown or changed", async () => {
    const box = world.connect();
    const { created } = await createSession(box, "kept", "lost", "other");
    const { sessionId } = created.session;
    const bind = (partial: boolean) =>
      box.remoteSkills.bind(sessionId, {
        partial,
        register(catalog) {
          catalog.skill({ name: "kept", description: "In other words", input: counting }, () => "");
          catalog.skill({ name: "other", input: z.object({ m: z.number() }) }, () => "");
          catalog.skill({ name: "new", input: counting }, () => "");
        },
      });
    const details = { sessionId, unbound: ["lost"], unknown: ["new"], changed: ["other"] };
    await expect(bind(false)).rejects.toMatchObject({ code: "catalog_mismatch", details });
    await expect(bind(false)).rejects.toThrow(
      /lost has no skill.*new is no tool.*other has another/,
    );
    await expect(bind(true)).rejects.toThrow(/tools are fixed: new is no tool/);
    const register = () => undefined;
    await expect(box.remoteSkills.bind("nobody", { register })).rejects.toMatchObject({
      code: "session_not_found",
    });
    await box.remoteSkills.bind(sessionId, { partial: true, register });
  });

  test.each(["a handler that is awaited", "serve"])(
    "tell a running handler that its turn was interrupted, and send no late answer (%s)",
    async (way) => {
      const box = world.connect();
      const started = Promise.withResolvers<AbortSignal>();
      const late = Promise.withResolvers<string>();
      const { skills } = await box.remoteSkills.createSession({
        register(catalog) {
          catalog.skill({ name: "work", input: counting }, (_, { signal }) => {
            started.resolve(signal);
            return late.promise;
          });
        },
      });
      const { sessionId } = skills;
      const outcome = new Promise<unknown>((resolve) => {
        if (way === "serve") {
          void skills.serve({ signal: stop.signal, onOutcome: resolve });
          return;
        }
        box.onAppServerRequest("item.tool.call", async (signal) => {
          resolve(await skills.respondToSignal(signal));
        });
        void box.stream.runForever({ threadId: sessionId, signal: stop.signal });
      });
      const responses: string[] = [];
      box.before("tool_calls.respond", () => responses.push("sent"));
      if (way !== "serve") await live(box);
      script(skills, functionCall("work", { n: 1 }), text("Never said."));
      await box.sessions.sendMessage({ sessionId, text: `Go ${sessionId}` });
      const signal = await started.promise;
      const aborted = once(signal, "abort");
      await box.sessions.interrupt({ sessionId });
      await aborted;
      late.resolve("too late");
      expect(await outcome).toMatchObject({
        status: "settled",
        error: { code: "not_eligible" },
      });
      expect(responses).toEqual([]);
    },
  );

  test("tell the handlers of a served session of their ends over its one socket, also when serving was stopped", async () => {
    let sockets = 0;
    class Counted extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets += 1;
      }
    }
    const box = world.connect({ WebSocket: Counted });
    const { skills } = await box.remoteSkills.createSession({
      register(catalog) {
        catalog.skill({ name: "work", input: counting }, (_, { signal }) => once(signal, "abort"));
      },
    });
    const started = Promise.withResolvers<void>();
    box.after("tool_calls.claim", () => started.resolve());
    const settled = new Promise((onOutcome) => {
      void skills.serve({ signal: stop.signal, onOutcome });
    });
    const { sessionId } = skills;
    script(skills, functionCall("work", { n: 1 }));
    await box.sessions.sendMessage({ sessionId, text: `Go ${sessionId}` });
    await started.promise;
    // Stopped, but for what it has begun: that is still told of its end.
    stop.abort();
    await box.sessions.interrupt({ sessionId });
    expect(await settled).toMatchObject({ status: "settled" });
    expect(sockets).toBe(1);
  });

  test("answer once when the reply to an answer is lost after the hub has taken it", async () => {
    let lost = 0;
    const box = world.connect({
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (String(input).endsWith("/response") && lost < 2) {
          lost += 1;
          await response.arrayBuffer();
          throw new TypeError("the connection broke");
        }
        return response;
      },
    });
    let runs = 0;
    const { skills } = await box.remoteSkills.createSession({
      register(catalog) {
        catalog.skill({ name: "work", input: counting }, () => {
          runs += 1;
          return "done once";
        });
      },
    });
    script(skills, functionCall("work", { n: 1 }), text("Done."));
    const { dispatches } = await skills.sendAndHandle(`Go ${skills.sessionId}`);
    expect([lost, runs]).toEqual([2, 1]);
    expect(dispatches).toMatchObject([{ status: "answered", success: true }]);
    expect(outputsOf(lastRequest())[0]).toContain("done once");
  });

  test("are served by looking for calls where no socket can be had", async () => {
    class NoSocket extends EventTarget {
      readonly readyState = 3;
      constructor() {
        super();
        queueMicrotask(() => {
          this.dispatchEvent(new Event("error"));
          this.dispatchEvent(new Event("close"));
        });
      }
      send(): void {}
      close(): void {}
    }
    const box = world.connect({ WebSocket: NoSocket as never });
    const { skills } = await createSession(box, "work");
    script(skills, functionCall("work", { n: 3 }), text("Done."));
    const sent = await skills.sendAndHandle(`Go ${skills.sessionId}`, { pollInterval: 50 });
    expect(sent).toMatchObject({ status: "completed", assistantReply: "Done." });
    expect(outputsOf(lastRequest())[0]).toContain("here 3");
  });

  test("wait for a turn by the stream, and read the session once at its end and once at its beginning", async () => {
    const box = world.connect();
    let reads = 0;
    box.before("sessions.get", () => {
      reads += 1;
    });
    const { skills } = await createSession(box, "work");
    script(
      skills,
      ...Array.from({ length: 5 }, (_, n) => functionCall("work", { n })),
      text(deltas(200)),
    );
    const sent = await skills.sendAndHandle(`Go ${skills.sessionId}`);
    expect(sent.status).toBe("completed");
    expect(sent.dispatches).toHaveLength(5);
    expect(reads).toBe(2);
  });

  test("are served to the end of the turn though every call cuts the sockets", async () => {
    const { WebSocket: Cut, cut } = cuttable();
    const box = world.connect({ WebSocket: Cut });
    const runs: number[] = [];
    const { skills } = await box.remoteSkills.createSession({
      register(catalog) {
        catalog.skill({ name: "work", input: counting }, ({ n }) => {
          runs.push(n);
          cut();
          return `cut ${n}`;
        });
      },
    });
    script(
      skills,
      ...Array.from({ length: 5 }, (_, n) => functionCall("work", { n })),
      text("Done."),
    );
    const sent = await skills.sendAndHandle(`Go ${skills.sessionId}`);
    expect(sent).toMatchObject({ status: "completed", assistantReply: "Done." });
    expect(runs).toEqual([0, 1, 2, 3, 4]);
  });

  test("leave a turn running that takes longer than sendAndHandle waits", async () => {
    const box = world.connect();
    const { skills } = await box.remoteSkills.createSession({
      register(catalog) {
        catalog.skill({ name: "work", input: counting }, () => "too early to be asked");
      },
    });
    const { sessionId } = skills;
    script(skills, text(["One moment", gate("held")]));
    await expect(
      skills.sendAndHandle(`Go ${skills.sessionId}`, { timeout: 1_500 }),
    ).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
    const { session } = await box.sessions.get({ sessionId });
    expect(session.activeTurnId).not.toBeNull();
    await box.sessions.interrupt({ sessionId });
  });

  test("refuse an async handler of a sync client as a failure that points to the async mode", async () => {
    const box = world.connect({ handlers: "sync" } as never);
    const { skills } = await box.remoteSkills.createSession({
      register: (catalog) => catalog.skill({ name: "work", input: counting }, async () => "x"),
    });
    script(skills, functionCall("work", { n: 1 }), text("Done."));
    await skills.sendAndHandle(`Go ${skills.sessionId}`);
    expect(outputsOf(lastRequest())[0]).toMatch(/skill work returned a promise.*async mode/);
  });
});

/** Resolves once the client's run is connected. */
function live(box: Signalbox): Promise<void> {
  return new Promise((resolve) => {
    box.onConnection(({ type }) => {
      if (type === "connected") resolve();
    });
  });
}

describe("the lifecycle of a session with skills", () => {
  const register = (catalog: SkillCatalog) =>
    catalog.skill({ name: "work", input: counting }, ({ n }) => `here ${n}`);

  test("ends with its block: the session is deleted, unless it is to be kept", async () => {
    const box = world.connect();
    let sessionId = "";
    {
      await using life = await box.remoteSkills.lifecycle({ register });
      sessionId = life.sessionId;
      expect(life.created.session.sessionId).toBe(sessionId);
      script(life.skills, functionCall("work", { n: 1 }), text("Done."));
      expect(await life.skills.sendAndHandle(`Go ${sessionId}`)).toMatchObject({
        assistantReply: "Done.",
      });
    }
    await expect(box.sessions.get({ sessionId })).rejects.toMatchObject({
      code: "session_deleted",
    });
    let kept = "";
    {
      await using life = await box.remoteSkills.lifecycle({ register, keepSession: true });
      kept = life.sessionId;
    }
    expect((await box.sessions.get({ sessionId: kept })).session.sessionId).toBe(kept);
  });

  test("ends well when the session was deleted meanwhile", async () => {
    const box = world.connect();
    await using life = await box.remoteSkills.lifecycle({ register });
    await box.sessions.delete({ sessionId: life.sessionId });
  });
});

describe("a tool call nobody answers", () => {
  test("fails at its deadline where nobody offers the tool, though another process serves the session", async () => {
    await using other = await createHubWorld({ hub: { deadlines: { tool_call: 3_000 } } });
    const box = new Signalbox({ url: other.hub.url, token: other.hub.token });
    const { skills } = await box.remoteSkills.createSession({
      register(catalog) {
        catalog.skill({ name: "mine", input: counting }, ({ n }) => `mine ${n}`);
        catalog.skill({ name: "orphan", input: counting }, () => "never run");
      },
    });
    const server = new Signalbox({ url: other.hub.url, token: other.hub.token });
    const partly = await server.remoteSkills.bind(skills.sessionId, {
      partial: true,
      register: (catalog) =>
        catalog.skill({ name: "mine", input: counting }, ({ n }) => `mine ${n}`),
    });
    other.model.turn(
      functionCall("orphan", { n: 1 }),
      functionCall("mine", { n: 2 }),
      text("Done."),
    );
    expect(await partly.sendAndHandle("Go")).toMatchObject({ status: "completed" });
    const [orphan, mine] = outputsOf(other.model.requests.at(-1)!);
    expect(orphan).toMatch(/nobody that offers the tool/);
    expect(mine).toContain("mine 2");
  });

  test("is not run again when the process that took it is killed, and fails at its deadline", async () => {
    await using other = await createHubWorld({ hub: { deadlines: { tool_call: 6_000 } } });
    const { hub } = other;
    const box = new Signalbox({ url: hub.url, token: hub.token });
    const { created } = await createSession(box, "work");
    const { sessionId } = created.session;
    const first = await startWorker(sessionId, "first", "work", { how: "hang", hub });
    other.model.turn(functionCall("work", { n: 1 }), text("Done."));
    const bystander = new Signalbox({ url: hub.url, token: hub.token });
    const ended = turn(bystander, sessionId);
    const [, , requestId] = (await first.said(/^run 1 /)).split(" ");
    await kill(first.child);
    const second = await startWorker(sessionId, "second", "work", { hub });
    expect(await ended).toBe("completed");
    expect(outputsOf(other.model.requests.at(-1)!)[0]).toMatch(
      /process that took it .*did not answer/,
    );
    expect(second.lines.filter((line) => line.startsWith("run"))).toEqual([]);
    const list = await box.sessions.toolCalls.list({ sessionId });
    expect(list.data.map((row) => row.requestId)).not.toContain(requestId);
  }, 40_000);
});
