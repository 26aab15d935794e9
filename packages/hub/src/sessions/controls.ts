/** A session's settings, between the hub's words and codex's. */

import type { SessionSummary } from "@signalbox/contract";
import type { SandboxPolicy, ThreadSettings } from "@signalbox/protocol";

/** The settings a session's turns run with. */
export type Controls = SessionSummary["sessionControls"];

/** What codex says of a thread's settings, in an answer or a notification. */
export interface CodexSettings {
  readonly model: string;
  readonly approvalPolicy: ThreadSettings["approvalPolicy"];
  readonly sandbox: SandboxPolicy;
}

/** Nothing is known: everything is as codex's own configuration says. */
export const inherited: Controls = {
  model: null,
  approvalPolicy: null,
  networkAccess: null,
  filesystemSandbox: null,
  settings: {},
};

/** The hub's words for codex's. The free settings stay as they were. */
export function toControls(
  { model, approvalPolicy, sandbox }: CodexSettings,
  settings: Controls["settings"],
): Controls {
  return {
    model,
    approvalPolicy,
    networkAccess: isNetworkEnabled(sandbox) ? "enabled" : "restricted",
    filesystemSandbox: toFilesystemSandbox(sandbox),
    settings,
  };
}

/** What a caller may override. */
export interface SandboxOverrides {
  readonly networkAccess?: "restricted" | "enabled" | undefined;
  readonly filesystemSandbox?: "read-only" | "workspace-write" | "danger-full-access" | undefined;
}

/**
 * Codex's sandbox policy with these overrides over what the session has; undefined when nothing is
 * overridden. A session nothing is known of is taken to be read-only without network.
 */
export function toSandboxPolicy(
  overrides: SandboxOverrides,
  controls: Controls,
): SandboxPolicy | undefined {
  if (overrides.networkAccess === undefined && overrides.filesystemSandbox === undefined) {
    return undefined;
  }
  const networkAccess =
    (overrides.networkAccess ?? controls.networkAccess ?? "restricted") === "enabled";
  const sandbox = overrides.filesystemSandbox ?? controls.filesystemSandbox ?? "read-only";
  switch (sandbox) {
    case "read-only":
      return { type: "readOnly", networkAccess };
    case "workspace-write":
      return {
        type: "workspaceWrite",
        networkAccess,
        writableRoots: [],
        excludeTmpdirEnvVar: false,
        excludeSlashTmp: false,
      };
    case "danger-full-access":
      return { type: "dangerFullAccess" };
  }
}

function isNetworkEnabled(sandbox: SandboxPolicy): boolean {
  switch (sandbox.type) {
    case "dangerFullAccess":
      return true;
    case "externalSandbox":
      return sandbox.networkAccess === "enabled";
    default:
      return sandbox.networkAccess;
  }
}

function toFilesystemSandbox({ type }: SandboxPolicy): Controls["filesystemSandbox"] {
  switch (type) {
    case "readOnly":
      return "read-only";
    case "workspaceWrite":
      return "workspace-write";
    case "dangerFullAccess":
      return "danger-full-access";
    // Somebody else's fence: the hub has no word for it.
    case "externalSandbox":
      return null;
  }
}
