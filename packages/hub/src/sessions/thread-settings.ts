/**
 * The settings codex's threads stand at, beside those the sessions have. Codex takes what one turn
 * overrides as the thread's new default, and forgets some settings when it resumes or copies a thread;
 * here is known what must be put back.
 */
import { isDeepStrictEqual } from "node:util";
import type { ParamsOf, SandboxPolicy, ThreadSettings } from "@signalbox/protocol";
import {
  type CodexSettings,
  type Controls,
  type SandboxOverrides,
  toControls,
  toSandboxPolicy,
} from "./controls.ts";

/** A thread's settings as codex has them. */
export interface Standing extends CodexSettings {
  readonly effort: string | null;
}

/** What a session's turns are to run with. */
export interface Wanted {
  readonly controls: Controls;
  readonly effort: string | null;
}

/** Parameters that change a thread's settings. */
export type SettingsPatch = Omit<ParamsOf<"thread/settings/update">, "threadId">;

/** Codex's settings of a notification, as those of an answer are. */
export function fromThreadSettings(settings: ThreadSettings): Standing {
  const { model, approvalPolicy, sandboxPolicy: sandbox, effort } = settings;
  return { model, approvalPolicy, sandbox, effort: effort ?? null };
}

/** What a thread runs with, in the hub's words. */
export function toWanted(standing: Standing, settings: Controls["settings"]): Wanted {
  return { controls: toControls(standing, settings), effort: standing.effort };
}

/** Whether these are the same settings; what null leaves to codex is any. */
export function isSameWanted(one: Wanted, other: Wanted): boolean {
  const { settings: _one, ...controls } = one.controls;
  const { settings: _other, ...others } = other.controls;
  return isDeepStrictEqual([controls, one.effort], [others, other.effort]);
}

/**
 * What to change so that a thread that stands at one thing runs with another; undefined when nothing
 * differs. `before` is a policy to go back to if it is the one that is wanted: it may say more than
 * the hub has words for.
 */
export function toPatch(
  from: Standing,
  wanted: Wanted,
  before?: SandboxPolicy,
): SettingsPatch | undefined {
  const { model, approvalPolicy } = wanted.controls;
  const patch: SettingsPatch = {};
  if (model !== null && model !== from.model) patch.model = model;
  if (approvalPolicy !== null && !isDeepStrictEqual(approvalPolicy, from.approvalPolicy)) {
    patch.approvalPolicy = approvalPolicy as Standing["approvalPolicy"];
  }
  if (!isWanted(from.sandbox, wanted.controls)) {
    const policy =
      before !== undefined && isWanted(before, wanted.controls)
        ? before
        : toPolicy(wanted.controls, from);
    if (policy !== undefined) patch.sandboxPolicy = policy;
  }
  if (wanted.effort !== from.effort) Object.assign(patch, effortPatch(wanted, from));
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** What to say to a thread of which nothing is known. */
export function inFull({ controls, effort }: Wanted): SettingsPatch {
  const { model, approvalPolicy } = controls;
  const sandboxPolicy = toPolicy(controls);
  return {
    ...(model === null ? {} : { model }),
    ...(approvalPolicy === null
      ? {}
      : { approvalPolicy: approvalPolicy as Standing["approvalPolicy"] }),
    ...(sandboxPolicy === undefined ? {} : { sandboxPolicy }),
    ...(effort === null ? {} : { effort }),
  };
}

/** Where a thread stands after a change. */
export function afterPatch(from: Standing, patch: SettingsPatch): Standing {
  return {
    model: patch.model ?? from.model,
    approvalPolicy: patch.approvalPolicy ?? from.approvalPolicy,
    sandbox: patch.sandboxPolicy ?? from.sandbox,
    effort: patch.collaborationMode === undefined ? (patch.effort ?? from.effort) : null,
  };
}

/** What may be given over a session's controls. */
export interface ControlOverrides extends SandboxOverrides {
  readonly model?: string | undefined;
  readonly approvalPolicy?: Controls["approvalPolicy"] | undefined;
}

/** Controls with these overrides, as far as a sandbox can say them. */
export function withOverrides(controls: Controls, overrides: ControlOverrides): Controls {
  const sandbox = toSandboxPolicy(overrides, controls);
  return {
    ...controls,
    model: overrides.model ?? controls.model,
    approvalPolicy: overrides.approvalPolicy ?? controls.approvalPolicy,
    ...(sandbox === undefined ? {} : sandboxWords(sandbox)),
  };
}

/** A policy in the hub's words. */
export function sandboxWords(
  sandbox: SandboxPolicy,
): Pick<Controls, "networkAccess" | "filesystemSandbox"> {
  const controls = toControls({ model: "", approvalPolicy: "never", sandbox }, {});
  return {
    networkAccess: controls.networkAccess,
    filesystemSandbox: controls.filesystemSandbox,
  };
}

function effortPatch({ controls, effort }: Wanted, from: Standing): SettingsPatch {
  if (effort !== null) return { effort };
  // Null there would leave the effort as it is; only here it clears it. The mode's own instructions
  // are not asked for: the model would be told them as something new.
  const settings = {
    model: controls.model ?? from.model,
    reasoning_effort: null,
    developer_instructions: "",
  };
  return { collaborationMode: { mode: "default", settings } };
}

function isWanted(sandbox: SandboxPolicy, wanted: Controls): boolean {
  const { networkAccess, filesystemSandbox } = sandboxWords(sandbox);
  return (
    (wanted.networkAccess === null || wanted.networkAccess === networkAccess) &&
    (wanted.filesystemSandbox === null || wanted.filesystemSandbox === filesystemSandbox)
  );
}

function toPolicy(wanted: Controls, from?: Standing): SandboxPolicy | undefined {
  const { networkAccess, filesystemSandbox } = wanted;
  return toSandboxPolicy(
    {
      ...(networkAccess === null ? {} : { networkAccess }),
      ...(filesystemSandbox === null ? {} : { filesystemSandbox }),
    },
    from === undefined ? wanted : toControls(from, {}),
  );
}
