import {
  fingerprintOf,
  operationHeader,
  operations,
  surfaceHeader,
  surfaces,
  versionHeader,
} from "@signalbox/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, createHubWorld, fetchJson, type HubWorld } from "../../fixtures/hub-world.ts";
import { version } from "../version.ts";

let world: HubWorld;
beforeAll(async () => {
  world = await createHubWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const createProject = (name: string, headers: Record<string, string>) =>
  fetchJson(world.hub, "/api/projects", {
    method: "POST",
    headers,
    body: JSON.stringify({ name }),
  });
const projectNames = async () =>
  (await call(world.hub, operations["projects.list"], {})).data.map(({ name }) => name);
const fingerprint = fingerprintOf(operations["projects.create"]);

describe("the surface", () => {
  test.each(surfaces)("%s is recorded in the audit", async (surface) => {
    await createProject(`By ${surface}`, { [surfaceHeader]: surface });
    const { data } = await call(world.hub, operations["audit.list"], { limit: 1 });
    expect(data[0]).toMatchObject({ operation: "projects.create", surface });
  });

  test("is http where none is named", async () => {
    await createProject("By nobody", {});
    const { data } = await call(world.hub, operations["audit.list"], { limit: 1 });
    expect(data[0]).toMatchObject({ operation: "projects.create", surface: "http" });
  });

  test("that there is not is refused by name, and nothing is done", async () => {
    expect(await createProject("By fax", { [surfaceHeader]: "fax" })).toMatchObject({
      status: 400,
      body: { code: "invalid_request", details: { issues: [{ path: surfaceHeader }] } },
    });
    expect(await projectNames()).not.toContain("By fax");
  });
});

describe("a caller that names the contract it knows", () => {
  test("is served where the hub means the same", async () => {
    const headers = { [operationHeader]: fingerprint, [versionHeader]: "9.9.9" };
    expect(await createProject("Same", headers)).toMatchObject({ status: 200 });
  });

  test.each([
    ["0.0.9", /Update the program to/],
    ["10.0.0", /Update the hub to 10\.0\.0/],
    [version, /Start the hub again/],
    ["<script>", /released together/],
  ])(
    "of version %s is refused where the hub means something else, and told whom to renew",
    async (of, remedy) => {
      const name = `Other ${of}`;
      const headers = { [operationHeader]: "0".repeat(16), [versionHeader]: of };
      const { status, body } = await createProject(name, headers);
      expect([status, body]).toMatchObject([
        409,
        {
          code: "version_skew",
          retryable: false,
          message: expect.stringMatching(remedy),
          details: {
            operation: "projects.create",
            client: { version: of === "<script>" ? null : of, fingerprint: "0".repeat(16) },
            hub: { version, fingerprint },
          },
        },
      ]);
      expect((body as { message: string }).message).not.toContain("<");
      expect(await projectNames()).not.toContain(name);
    },
  );

  test("is refused the same before its input is looked at", async () => {
    const headers = { [operationHeader]: "0".repeat(16) };
    expect(await createProject("", headers)).toMatchObject({ body: { code: "version_skew" } });
  });

  test("hears of a route this hub does not have as a newer hub's", async () => {
    const headers = { [operationHeader]: fingerprint, [versionHeader]: "10.0.0" };
    const answer = await fetchJson(world.hub, "/api/weather", { headers });
    expect(answer).toMatchObject({
      status: 409,
      body: { code: "version_skew", details: { hub: { version, fingerprint: null } } },
    });
  });
});
