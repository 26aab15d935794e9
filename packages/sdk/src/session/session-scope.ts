/** One session by its id, its handle or its title. */
import type { Caller } from "../call/caller.ts";
import { createSessionMethods, type SessionScopeMethods } from "../call/methods.ts";
import { SettingsNamespace } from "./settings-namespace.ts";

/** The operations on one session, without naming it. */
export interface SessionScope extends Omit<SessionScopeMethods, "settings"> {
  /** As it was given, and as each call gives it to the hub. */
  readonly sessionId: string;
  readonly settings: SessionScopeMethods["settings"] & {
    /** The part of the settings at a dotted path, such as `ui.colors`. */
    namespace(path: string): SettingsNamespace;
  };
}

/** Makes the scope; asks nobody whether there is such a session. */
export function createSessionScope(caller: Caller, sessionId: string): SessionScope {
  const methods = createSessionMethods(caller, sessionId);
  const namespace = (path: string) => new SettingsNamespace(methods.settings, path);
  return { sessionId, ...methods, settings: { ...methods.settings, namespace } };
}
