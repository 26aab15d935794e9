import { expect, test } from "vitest";
import { inherited, toControls, toSandboxPolicy } from "./controls.ts";

const workspace = {
  type: "workspaceWrite" as const,
  networkAccess: true,
  writableRoots: [],
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
};

test("codex's settings become the hub's words", () => {
  const controls = toControls(
    { model: "m", approvalPolicy: "never", sandbox: workspace },
    { a: 1 },
  );
  expect(controls).toEqual({
    model: "m",
    approvalPolicy: "never",
    networkAccess: "enabled",
    filesystemSandbox: "workspace-write",
    settings: { a: 1 },
  });
});

test("overrides are laid over what the session has", () => {
  const controls = toControls({ model: "m", approvalPolicy: "never", sandbox: workspace }, {});
  expect(toSandboxPolicy({}, controls)).toBeUndefined();
  expect(toSandboxPolicy({ networkAccess: "restricted" }, controls)).toEqual({
    ...workspace,
    networkAccess: false,
  });
  expect(toSandboxPolicy({ filesystemSandbox: "read-only" }, controls)).toEqual({
    type: "readOnly",
    networkAccess: true,
  });
  expect(toSandboxPolicy({ filesystemSandbox: "danger-full-access" }, controls)).toEqual({
    type: "dangerFullAccess",
  });
});

test("of a session nothing is known of, no more is allowed than was asked for", () => {
  expect(toSandboxPolicy({ networkAccess: "enabled" }, inherited)).toEqual({
    type: "readOnly",
    networkAccess: true,
  });
  expect(toSandboxPolicy({ filesystemSandbox: "workspace-write" }, inherited)).toMatchObject({
    networkAccess: false,
  });
});
