/** Projects on the real codex. */
import { operations } from "@signalbox/contract";
import { text } from "@signalbox/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  call,
  callRaw,
  createHubWorld,
  type HubWorld,
  StreamClient,
} from "../../fixtures/hub-world.ts";
import { maxProjects } from "./projects.ts";

const ops = {
  list: operations["projects.list"],
  create: operations["projects.create"],
  rename: operations["projects.rename"],
  remove: operations["projects.delete"],
  moveAll: operations["projects.chats.move_all"],
  deleteAll: operations["projects.chats.delete_all"],
  assign: operations["sessions.project.set"],
};

let world: HubWorld;
beforeAll(async () => {
  world = await createHubWorld();
  world.model.respond(() => text("Yes."));
});
afterAll(() => world[Symbol.asyncDispose]());

async function createProject(name: string, workingDirectory?: string | null) {
  return (await call(world.hub, ops.create, { name, workingDirectory })).project;
}

async function createSession(projectId: string | null, spoken = false): Promise<string> {
  const { hub } = world;
  const { session } = await call(hub, operations["sessions.create"], {});
  const { sessionId } = session;
  await call(hub, ops.assign, { sessionId, projectId });
  if (spoken) {
    using stream = await StreamClient.open(hub, { threadId: sessionId });
    await call(hub, operations["sessions.send_message"], { sessionId, text: "Go" });
    await stream.event("app_server.turn.completed");
  }
  return sessionId;
}

async function projectOf(sessionId: string): Promise<string | null> {
  const { session } = await call(world.hub, operations["sessions.get"], { sessionId });
  return session.projectId;
}

test("projects are made, renamed, listed by name and removed, each change told once, and outlive a restart", async () => {
  await using own = await createHubWorld();
  using stream = await StreamClient.open(own.hub, {}, { legacy: true });
  const made = await call(own.hub, ops.create, { name: " beta ", workingDirectory: "/work" });
  expect(made).toMatchObject({
    status: "ok",
    orchestrationSession: null,
    project: { name: "beta", workingDirectory: "/work" },
  });
  const alpha = await call(own.hub, ops.create, { name: "Alpha" });
  const { projectId } = made.project;
  const rename = (input: object) =>
    call(own.hub, ops.rename, { projectId, name: "Beta", ...input });
  expect((await rename({})).project).toMatchObject({ name: "Beta", workingDirectory: "/work" });
  expect((await rename({})).project).toMatchObject({ name: "Beta" });
  expect((await rename({ workingDirectory: null })).project.workingDirectory).toBeNull();
  await own.restart();
  const { data } = await call(own.hub, ops.list, {});
  expect(data.map(({ name }) => name)).toEqual(["Alpha", "Beta"]);
  using later = await StreamClient.open(own.hub, {}, { legacy: true });
  await call(own.hub, ops.remove, { projectId: alpha.project.projectId });
  const removed = await later.event("project_deleted");
  expect(removed).toMatchObject({
    threadId: null,
    payload: { projectId: alpha.project.projectId, sessionIds: [] },
  });
  const told = stream.events.filter(({ type }) => type.startsWith("project"));
  expect(told.map(({ type }) => type)).toEqual([
    "project.created",
    "project_upserted",
    "project.created",
    "project_upserted",
    "project.updated",
    "project_upserted",
    "project.updated",
    "project_upserted",
  ]);
});

test("of many projects of one name made at once, whatever its case, there is one", async () => {
  const names = ["Straße", "STRASSE", "straße", "STRAẞE", "Straße"];
  const answers = await Promise.all(
    names.map((name) => callRaw(world.hub, ops.create, { name: `${name} 1` })),
  );
  const statuses = answers.map(({ status }) => status).toSorted();
  // "STRASSE" is another word: only case is overlooked, not spelling.
  expect(statuses).toEqual([200, 200, 409, 409, 409]);
  expect(answers.find(({ status }) => status === 409)).toMatchObject({
    body: { status: "duplicate_name", code: "duplicate_name", details: {} },
  });
});

test("a session is assigned to one project or none; a project with sessions is not removed", async () => {
  const { hub } = world;
  const one = await createProject("one");
  const two = await createProject("two");
  const sessionId = await createSession(one.projectId);
  using stream = await StreamClient.open(hub, { threadId: sessionId }, { legacy: true });
  expect(await call(hub, ops.assign, { sessionId, projectId: two.projectId })).toEqual({
    status: "ok",
    sessionId,
    projectId: two.projectId,
    previousProjectId: one.projectId,
  });
  await call(hub, ops.assign, { sessionId, projectId: two.projectId });
  await call(hub, ops.remove, { projectId: one.projectId });
  expect(await callRaw(hub, ops.remove, { projectId: two.projectId })).toMatchObject({
    status: 409,
    body: { status: "project_not_empty", details: { sessionCount: 1 } },
  });
  expect(await callRaw(hub, ops.assign, { sessionId, projectId: one.projectId })).toMatchObject({
    status: 404,
    body: { status: "project_not_found", code: "project_not_found" },
  });
  expect(await callRaw(hub, ops.rename, { projectId: one.projectId, name: "x" })).toMatchObject({
    status: 404,
    body: { status: "not_found", code: "project_not_found" },
  });
  await call(hub, ops.assign, { sessionId, projectId: null });
  await stream.event("session_project_updated", ({ payload }) => payload.projectId === null);
  const told = stream.events.filter(({ type }) => type === "session_project_updated");
  expect(told.map(({ payload }) => payload)).toEqual([
    { status: "ok", sessionId, projectId: two.projectId, previousProjectId: one.projectId },
    { status: "ok", sessionId, projectId: null, previousProjectId: two.projectId },
  ]);
  await call(hub, ops.remove, { projectId: two.projectId });
});

test("a session assigned while its project is removed ends in one of both ways, never with a project that is gone", async () => {
  const { hub } = world;
  for (let round = 0; round < 5; round += 1) {
    const { projectId } = await createProject(`race ${round}`);
    const sessionId = await createSession(null);
    const [assigned, removed] = await Promise.all([
      callRaw(hub, ops.assign, { sessionId, projectId }),
      callRaw(hub, ops.remove, { projectId }),
    ]);
    expect([assigned.status, removed.status].toSorted()).toEqual(
      assigned.status === 200 ? [200, 409] : [200, 404],
    );
    expect(await projectOf(sessionId)).toBe(assigned.status === 200 ? projectId : null);
  }
});

test("the events of a session carry its project", async () => {
  const { hub } = world;
  const { projectId } = await createProject("carried");
  const sessionId = await createSession(projectId);
  using stream = await StreamClient.open(hub, { threadId: sessionId });
  await call(hub, operations["sessions.send_message"], { sessionId, text: "Go" });
  const { payload } = await stream.event("app_server.turn.completed");
  expect(payload.session).toMatchObject({ id: sessionId, projectId });
});

test("all sessions of a project are unassigned, or archived, or deleted at once", async () => {
  const { hub } = world;
  const { projectId } = await createProject("bulk");
  const spoken = [await createSession(projectId, true), await createSession(projectId, true)];
  const unspoken = await createSession(projectId);
  const archive = { projectId, destination: "archive" } as const;
  expect(await callRaw(hub, ops.moveAll, archive)).toMatchObject({
    status: 409,
    body: { status: "not_materialized_sessions", details: { sessionIds: [unspoken] } },
  });
  await call(hub, operations["sessions.archive"], { sessionId: spoken[0]! });
  await call(hub, ops.assign, { sessionId: unspoken, projectId: null });
  expect(await call(hub, ops.moveAll, archive)).toEqual({
    status: "ok",
    ...archive,
    movedSessionCount: 0,
    archivedSessionCount: 1,
    alreadyArchivedSessionCount: 1,
  });
  await call(hub, ops.assign, { sessionId: unspoken, projectId });
  expect(await call(hub, ops.moveAll, { projectId, destination: "unassigned" })).toMatchObject({
    movedSessionCount: 3,
    archivedSessionCount: 0,
  });
  expect(await projectOf(spoken[1]!)).toBeNull();
  await call(hub, ops.assign, { sessionId: unspoken, projectId });
  await call(hub, ops.assign, { sessionId: spoken[0]!, projectId });
  expect(await call(hub, ops.deleteAll, { projectId })).toEqual({
    status: "ok",
    projectId,
    deletedSessionCount: 2,
    skippedSessionCount: 0,
  });
  const { status } = await callRaw(hub, operations["sessions.get"], { sessionId: unspoken });
  expect(status).toBe(410);
  await call(hub, ops.remove, { projectId });
});

test("as many projects as the hub keeps are made, and one more is refused", async () => {
  await using own = await createHubWorld();
  for (let made = 0; made < maxProjects; made += 50) {
    const names = Array.from({ length: 50 }, (_, index) => `p${made + index}`);
    await Promise.all(names.map((name) => call(own.hub, ops.create, { name })));
  }
  expect((await call(own.hub, ops.list, {})).data).toHaveLength(maxProjects);
  expect(await callRaw(own.hub, ops.create, { name: "one more" })).toMatchObject({
    status: 409,
    body: { code: "too_many_projects", details: { limit: maxProjects } },
  });
});
