/** Reading and changing controls and free settings: a session's, or those new sessions begin with. */
import { isDeepStrictEqual } from "node:util";
import {
  type OperationInput,
  type OperationOutput,
  SignalboxError,
  settingsSizeLimit,
} from "@signalbox/contract";
import type { AuditNote } from "../store/audit-log.ts";
import type { Controls } from "./controls.ts";
import { summaryOfChange, toAuditDetails } from "./controls-change.ts";
import type { LoadedThreads } from "./loaded-threads.ts";
import type { Roster } from "./roster.ts";
import type { SessionDefaults } from "./session-defaults.ts";

/** What controls need of the hub. */
export interface SessionControlsParts {
  readonly roster: Roster;
  readonly defaults: SessionDefaults;
  readonly loaded: LoadedThreads;
}

interface Target {
  readonly sessionId: string;
  readonly scope: "session" | "default";
  readonly actor?: string | undefined;
  readonly source?: string | undefined;
}

interface Change {
  readonly before: Controls;
  readonly after: Controls;
  readonly status: "ok" | "unchanged";
}

/** Controls and settings. */
export class SessionControls {
  readonly #parts: SessionControlsParts;

  constructor(parts: SessionControlsParts) {
    this.#parts = parts;
  }

  get({
    sessionId,
  }: OperationInput<"sessions.controls.get">): OperationOutput<"sessions.controls.get"> {
    return { status: "ok", ...this.#stateOf(sessionId) };
  }

  async apply(
    input: OperationInput<"sessions.controls.apply">,
    note: AuditNote,
  ): Promise<OperationOutput<"sessions.controls.apply">> {
    const { sessionId, scope, controls } = input;
    const given = Object.fromEntries(
      Object.entries(controls).filter(([, value]) => value !== undefined),
    );
    const { before, after, status } = await this.#change(
      { ...input, source: input.source ?? "ui" },
      (current) => withoutContradiction({ ...current, ...given }),
      note,
    );
    const summary = summaryOfChange(before, after);
    return { status, scope, applied: after, summary, ...this.#stateOf(sessionId) };
  }

  async setApprovalPolicy(
    { sessionId, approvalPolicy }: OperationInput<"sessions.approval_policy.set">,
    note: AuditNote,
  ): Promise<OperationOutput<"sessions.approval_policy.set">> {
    const change = (current: Controls) => ({ ...current, approvalPolicy });
    await this.#change({ sessionId, scope: "session" }, change, note);
    return { status: "ok", sessionId, approvalPolicy };
  }

  settings({
    sessionId,
    scope,
    key,
  }: OperationInput<"sessions.settings.get">): OperationOutput<"sessions.settings.get"> {
    const { settings } = this.#read(sessionId, scope);
    if (key === undefined) return { status: "ok", sessionId, scope, settings };
    const found = Object.hasOwn(settings, key);
    return { status: "ok", sessionId, scope, key, found, value: found ? settings[key] : null };
  }

  async set(
    input: OperationInput<"sessions.settings.set">,
    note: AuditNote,
  ): Promise<OperationOutput<"sessions.settings.set">> {
    const { sessionId, scope, key, value, settings = {}, mode = "merge" } = input;
    const { after, status } = await this.#change(
      input,
      (current) => {
        const kept = mode === "replace" ? {} : current.settings;
        const given = key === undefined ? settings : { [key]: value };
        return { ...current, settings: { ...kept, ...given } };
      },
      note,
    );
    const named = key === undefined ? {} : { key };
    return { status, sessionId, scope, ...named, settings: after.settings };
  }

  async unset(
    input: OperationInput<"sessions.settings.unset">,
    note: AuditNote,
  ): Promise<OperationOutput<"sessions.settings.unset">> {
    const { sessionId, scope, key } = input;
    const { after, status } = await this.#change(
      input,
      (current) => {
        const { [key]: _removed, ...settings } = current.settings;
        return { ...current, settings };
      },
      note,
    );
    const removed = status === "ok";
    return { status, sessionId, scope, key, removed, settings: after.settings };
  }

  async #change(
    { sessionId, scope, actor = "user", source = "api" }: Target,
    change: (controls: Controls) => Controls,
    note: AuditNote,
  ): Promise<Change> {
    const { roster, defaults } = this.#parts;
    roster.writable(sessionId);
    let before = this.#read(sessionId, scope);
    let after = before;
    const decide = (current: Controls) => {
      before = current;
      after = change(current);
      refuseTooLarge(after.settings, before.settings);
      return after;
    };
    if (scope === "default") await defaults.update(decide, { actor, source });
    else {
      await roster.update(sessionId, (row) => ({ controls: decide(row.controls) }), {
        actor,
        source,
      });
      await this.#tell(sessionId, before, after);
    }
    const isSame = isDeepStrictEqual(before, after);
    note({ scope, ...toAuditDetails(before, after) });
    return { before, after, status: isSame ? "unchanged" : "ok" };
  }

  /** Tells codex of a session's controls; what codex refuses of a change is taken back, and no later one. */
  async #tell(sessionId: string, before: Controls, after: Controls): Promise<void> {
    const { roster, loaded } = this.#parts;
    try {
      await loaded.tell(roster.find(sessionId));
    } catch (error) {
      const takeBack = (now: Controls) =>
        Object.fromEntries(
          Object.entries(now).map(([field, value]) => {
            const key = field as keyof Controls;
            return [field, isDeepStrictEqual(value, after[key]) ? before[key] : value];
          }),
        ) as unknown as Controls;
      await roster.update(sessionId, ({ controls }) => ({ controls: takeBack(controls) }), {
        actor: "hub",
        source: "codex",
      });
      throw error;
    }
  }

  #read(sessionId: string, scope: Target["scope"]): Controls {
    const { roster, defaults } = this.#parts;
    const { controls } = roster.find(sessionId);
    return scope === "session" ? controls : defaults.get();
  }

  #stateOf(sessionId: string) {
    const { roster, defaults } = this.#parts;
    const { lockReason } = defaults;
    return {
      sessionId,
      controls: roster.find(sessionId).controls,
      defaults: defaults.get(),
      defaultsEditable: lockReason === null,
      defaultLockReason: lockReason,
    };
  }
}

/** A sandbox without fences has no fence before the network either. */
function withoutContradiction(controls: Controls): Controls {
  return controls.filesystemSandbox === "danger-full-access"
    ? { ...controls, networkAccess: "enabled" }
    : controls;
}

function refuseTooLarge(settings: Controls["settings"], before: Controls["settings"]): void {
  const size = Buffer.byteLength(JSON.stringify(settings));
  // What became smaller is never refused.
  if (size <= settingsSizeLimit || size < Buffer.byteLength(JSON.stringify(before))) return;
  throw new SignalboxError(
    "settings_too_large",
    `The settings would be ${size} bytes, and ${settingsSizeLimit} are kept at most. Unset some first.`,
    { details: { size, limit: settingsSizeLimit } },
  );
}
