/** Every operation's examples, called over HTTP in the world each asks for. */
import {
  type Example,
  type ExampleWorld,
  exampleIds,
  type Operation,
  operations,
} from "@signalbox/contract";
import { execCommand, functionCall, gate, requestUserInput, text } from "@signalbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../../fixtures/hub-world.ts";
import { startLoggedInHub } from "../../fixtures/logged-in-hub.ts";
import type { ScriptedHub } from "../../fixtures/scripted-hub.ts";

const tool = { name: "look", description: "Looks", inputSchema: { type: "object" } };

/** Real ids in place of those of the examples. */
type Ids = Partial<Record<keyof typeof exampleIds, string>>;

let world: HubWorld;
let loggedIn: ScriptedHub;
beforeAll(async () => {
  world = await createHubWorld({
    codex: { features: { default_mode_request_user_input: true } },
  });
  world.model.respond(() => text("It is a test."));
  loggedIn = await startLoggedInHub();
});
afterAll(() => Promise.all([world[Symbol.asyncDispose](), loggedIn[Symbol.asyncDispose]()]));

const worlds: Record<ExampleWorld, () => Promise<Ids>> = {
  nothing: async () => ({}),
  logged_in: async () => ({}),
  async session() {
    const { session } = await call(world.hub, operations["sessions.create"], {
      dynamicTools: [tool],
    });
    return { sessionId: session.sessionId };
  },
  async project() {
    const { data } = await call(world.hub, operations["projects.list"], {});
    const found = data.find(({ name }) => name === exampleIds.projectName);
    if (found !== undefined) return { projectId: found.projectId };
    const { project } = await call(world.hub, operations["projects.create"], {
      name: exampleIds.projectName,
    });
    return { projectId: project.projectId };
  },
  spoken_session: () => spokenSession(),
  async archived_session() {
    const { sessionId } = await spokenSession();
    await call(world.hub, operations["sessions.archive"], { sessionId });
    return { sessionId };
  },
  async deleted_session() {
    const { sessionId } = await spokenSession();
    await call(world.hub, operations["sessions.delete"], { sessionId });
    return { sessionId };
  },
  async running_turn() {
    const { sessionId } = await startSession();
    world.model.when(sessionId).turn(text(["One moment", gate(`hold ${sessionId}`)]));
    const { turnId } = await say(sessionId);
    await world.model.gate(`hold ${sessionId}`).reached;
    return { sessionId, turnId };
  },
  async pending_approval() {
    const { sessionId } = await startSession();
    world.model.when(sessionId).turn(execCommand({ cmd: "true", escalate: true }), text("Done."));
    return { sessionId, approvalId: await requestOf(sessionId) };
  },
  async pending_tool_call() {
    const { sessionId } = await startSession();
    world.model.when(sessionId).turn(functionCall("look", {}), text("Done."));
    return { sessionId, requestId: await requestOf(sessionId) };
  },
  async pending_tool_input() {
    const { sessionId } = await startSession();
    const option = (label: string) => ({ label, description: label });
    const question = {
      id: "colour",
      header: "Colour",
      question: "Which colour?",
      options: [option("Red"), option("Blue")],
    };
    world.model.when(sessionId).turn(requestUserInput([question]), text("Done."));
    return { sessionId, requestId: await requestOf(sessionId) };
  },
  async claimed_tool_call() {
    const ids = await worlds.pending_tool_call();
    const { claimId } = await call(world.hub, operations["tool_calls.claim"], {
      requestId: ids.requestId!,
      claimant: "worker-1",
    });
    return { ...ids, claimId };
  },
};

async function startSession(): Promise<{ sessionId: string }> {
  const { session } = await call(world.hub, operations["sessions.create"], {
    dynamicTools: [tool],
  });
  return session;
}

/** A session with a turn that ended. */
async function spokenSession(): Promise<{ sessionId: string }> {
  const { sessionId } = await startSession();
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await say(sessionId);
  await stream.event("app_server.turn.completed");
  return { sessionId };
}

function say(sessionId: string) {
  return call(world.hub, operations["sessions.send_message"], {
    sessionId,
    text: `I am ${sessionId}`,
  });
}

async function requestOf(sessionId: string): Promise<string> {
  using stream = await StreamClient.open(world.hub, { threadId: sessionId });
  await say(sessionId);
  const { payload } = await stream.event("request.opened");
  return String(payload.requestId);
}

function withIds(value: unknown, ids: Ids): Record<string, unknown> {
  let json = JSON.stringify(value);
  for (const [name, id] of Object.entries(ids)) {
    json = json.replaceAll(exampleIds[name as keyof typeof exampleIds], id);
  }
  return JSON.parse(json) as Record<string, unknown>;
}

describe.each(Object.values(operations) as Operation[])("$name", (operation) => {
  test.each(operation.examples as Example[])("$title", async (example) => {
    const ids = await worlds[example.given ?? "nothing"]();
    const hub = example.given === "logged_in" ? loggedIn.hub : world.hub;
    const { status, body } = await callRaw(hub, operation, withIds(example.input, ids));
    if ("error" in example) {
      expect(body).toMatchObject({ code: example.error });
      expect(status).toBeGreaterThanOrEqual(400);
      return;
    }
    expect(status).toBe(operation.http.success ?? 200);
    expect(operation.output.safeParse(body).error).toBeUndefined();
    // The answer has every field the example shows.
    expect(Object.keys(body as object)).toEqual(
      expect.arrayContaining(Object.keys(example.output as object)),
    );
  });
});
