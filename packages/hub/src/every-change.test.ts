/** Whatever changes in what the hub keeps of sessions, projects and defaults is told, once; on the real codex. */
import { type InputOf, operations } from "@signalbox/contract";
import { text } from "@signalbox/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { allEvents } from "../fixtures/hub-process.ts";
import {
  call,
  callRaw,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../fixtures/hub-world.ts";

let world: HubWorld;
let sessionId = "";
let projectId = "";
let count = 0;

beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("Yes."));
});
afterAll(() => world[Symbol.asyncDispose]());

beforeEach(async () => {
  const { hub } = world;
  sessionId = (await call(hub, operations["sessions.create"], {})).session.sessionId;
  count += 1;
  const name = `project ${count}`;
  projectId = (await call(hub, operations["projects.create"], { name })).project.projectId;
  // Codex keeps, and so can archive, a thread only once something was said in it.
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Go" });
  await stream.event("app_server.turn.completed");
  await stream.event(
    "app_server.thread.status.changed",
    ({ payload }) =>
      (payload as { params: { status: { type: string } } }).params.status.type === "idle",
  );
});

/** A change, and what tells of it. `before` makes it one. */
interface Change {
  readonly change: string;
  readonly told: readonly [type: string, changed?: readonly string[]];
  readonly before?: () => Promise<unknown>;
  readonly make: () => Promise<unknown>;
}

const change = <Name extends keyof typeof operations>(
  name: Name,
  input: () => InputOf<(typeof operations)[Name]>,
): Pick<Change, "change" | "make"> => ({
  change: name,
  make: () => callRaw(world.hub, operations[name], input()),
});

const changes: readonly Change[] = [
  {
    ...change("sessions.rename", () => ({ sessionId, title: "Other" })),
    told: ["session.updated", ["title"]],
  },
  {
    ...change("sessions.approval_policy.set", () => ({ sessionId, approvalPolicy: "never" })),
    told: ["session.updated", ["sessionControls"]],
  },
  {
    ...change("sessions.settings.set", () => ({ sessionId, key: "a", value: null })),
    told: ["session.updated", ["sessionControls"]],
  },
  {
    ...change("sessions.settings.unset", () => ({ sessionId, key: "a" })),
    before: () =>
      call(world.hub, operations["sessions.settings.set"], { sessionId, key: "a", value: 1 }),
    told: ["session.updated", ["sessionControls"]],
  },
  {
    ...change("sessions.project.set", () => ({ sessionId, projectId })),
    told: ["session.updated", ["projectId"]],
  },
  { ...change("sessions.archive", () => ({ sessionId })), told: ["session.archived"] },
  {
    ...change("sessions.unarchive", () => ({ sessionId })),
    before: () => call(world.hub, operations["sessions.archive"], { sessionId }),
    told: ["session.unarchived"],
  },
  { ...change("sessions.delete", () => ({ sessionId })), told: ["session.deleted"] },
  {
    ...change("sessions.settings.set", () => ({
      sessionId,
      scope: "default",
      key: `k${count}`,
      value: 1,
    })),
    change: "sessions.settings.set of the defaults",
    told: ["defaults.updated"],
  },
  {
    ...change("policies.set", () => ({
      mode: "rules",
      rules: [{ kind: "command_approval", action: "allow", prefix: [`command${count}`] }],
    })),
    told: ["policy.updated"],
  },
  {
    ...change("sessions.policy.set", () => ({ sessionId, mode: "deny" })),
    told: ["policy.updated"],
  },
  {
    ...change("sessions.policy.unset", () => ({ sessionId })),
    before: () => call(world.hub, operations["sessions.policy.set"], { sessionId, mode: "deny" }),
    told: ["policy.updated"],
  },
  {
    ...change("projects.create", () => ({ name: `another ${count}` })),
    told: ["project.created"],
  },
  {
    ...change("projects.rename", () => ({ projectId, name: `renamed ${count}` })),
    told: ["project.updated"],
  },
  { ...change("projects.delete", () => ({ projectId })), told: ["project.deleted"] },
];

/** What the hub told of these after a cursor. */
async function toldAfter(cursor: string): Promise<unknown[]> {
  const events = await allEvents(world.hub, `&after=${cursor}`);
  return events
    .filter(({ type }) => /^(session|project|defaults|policy)\./.test(type))
    .map(({ type, payload }) => {
      const { changed } = payload as { changed?: readonly string[] };
      return changed === undefined ? [type] : [type, changed];
    });
}

/** The journal's end, once codex has said all it had to say of what was asked of it. */
async function here(): Promise<string> {
  await call(world.hub, operations["models.list"], {});
  const { journal } = await call(world.hub, operations["system.health"], {});
  return `${journal.epoch}:${journal.head}`;
}

test.each(changes)(
  "$change is told by exactly one event, and by none when nothing changed",
  async ({ before, make, told }) => {
    await before?.();
    const start = await here();
    expect(await make()).toMatchObject({ status: 200 });
    const done = await here();
    expect(await toldAfter(start)).toEqual([told]);
    // Again it changes nothing, or can't be done.
    await make();
    await here();
    expect(await toldAfter(done)).toEqual([]);
  },
);
