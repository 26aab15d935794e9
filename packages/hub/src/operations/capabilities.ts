/**
 * What the running codex can do. It is read from what codex says of itself as it starts (its
 * version, and of an older one its own schema); no method is called to find out.
 */
import type { RuntimeInfo } from "@signalbox/app-server";
import type { OperationOutput } from "@signalbox/contract";
import { clientRequests } from "@signalbox/protocol";
import type { Runtime } from "../runtime/runtime.ts";
import type { Allowed } from "./allowed.ts";

type Output = OperationOutput<"system.capabilities">;
type Detail = Output["details"][string];

/** What programs ask for by a plainer name, and the method it takes. */
const featureMethods = {
  accountLogin: "account/login/start",
  accountRateLimits: "account/rateLimits/read",
  apps: "app/list",
  backgroundTerminals: "thread/backgroundTerminals/clean",
  collaborationModes: "collaborationMode/list",
  commandExec: "command/exec",
  configRequirements: "configRequirements/read",
  configWrite: "config/value/write",
  experimentalFeatures: "experimentalFeature/list",
  feedback: "feedback/upload",
  goals: "thread/goal/set",
  mcpOauth: "mcpServer/oauth/login",
  mcpReload: "config/mcpServer/reload",
  mcpServers: "mcpServerStatus/list",
  models: "model/list",
  realtime: "thread/realtime/start",
  remoteSkillCatalog: "skills/remote/read",
  sessionArchive: "thread/archive",
  sessionCompact: "thread/compact/start",
  sessionDelete: "thread/delete",
  sessionFork: "thread/fork",
  sessionRevert: "thread/revert",
  sessionReview: "review/start",
  skills: "skills/list",
  skillsConfig: "skills/config/write",
  turnSteer: "turn/steer",
} as const;

/** Tells what the running codex can do. */
export class Capabilities {
  readonly #runtime: Runtime;
  readonly #allowed: Allowed;
  #seen: { readonly info: RuntimeInfo; readonly output: Output } | undefined;

  constructor(runtime: Runtime, allowed: Allowed) {
    this.#runtime = runtime;
    this.#allowed = allowed;
  }

  /** As last seen of the process that runs, or with `refresh` as it is now. */
  read(refresh = false): Output {
    const { isReady, notes } = this.#runtime;
    const { info } = notes;
    if (info === undefined) return this.#describe(undefined, isReady);
    if (this.#seen?.info !== info || refresh) {
      this.#seen = { info, output: this.#describe(info, isReady) };
    }
    const { output } = this.#seen;
    return { ...output, runtime: { ...output.runtime, initialized: isReady } };
  }

  #describe(info: RuntimeInfo | undefined, initialized: boolean): Output {
    const names = new Set([
      ...Object.keys(clientRequests),
      ...Object.values(featureMethods),
      ...(info?.methods?.names ?? []),
    ]);
    const details = Object.fromEntries(
      [...names].map((method): [string, Detail] => [
        method,
        { ...availabilityOf(method, info), access: this.#allowed.accessOf(method) },
      ]),
    );
    const isThere = (method: string) =>
      details[method]?.status === "available" &&
      (method !== featureMethods.commandExec || this.#allowed.exec);
    return {
      status: "ok",
      runtime: {
        initialized,
        version: info?.version ?? null,
        capabilitiesLastUpdatedAt: info === undefined ? null : new Date().toISOString(),
      },
      methods: Object.fromEntries(
        Object.entries(details).map(([method, { status }]) => [method, status]),
      ),
      details,
      features: Object.fromEntries(
        Object.entries(featureMethods).map(([feature, method]) => [feature, isThere(method)]),
      ),
    };
  }
}

function availabilityOf(method: string, info: RuntimeInfo | undefined): Omit<Detail, "access"> {
  if (info === undefined) return { status: "unknown", reason: "codex is not running" };
  const codex = `codex ${info.version ?? "of an unknown version"}`;
  if (info.methods === undefined) {
    return { status: "unknown", reason: `${codex} does not say what it has` };
  }
  if (info.methods.names.has(method)) return { status: "available", reason: `${codex} has it` };
  return info.methods.isComplete
    ? { status: "disabled", reason: `${codex} does not have it` }
    : { status: "unknown", reason: `${codex} is newer than this hub` };
}
