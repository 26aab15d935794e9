/** One session by its id. */
import type { Caller } from "../call/caller.ts";
import { createSessionMethods, type SessionScopeMethods } from "../call/methods.ts";

/** The operations on one session, without its id. */
export interface SessionScope extends SessionScopeMethods {
  readonly sessionId: string;
}

/** Makes the scope; asks nobody whether there is such a session. */
export function createSessionScope(caller: Caller, sessionId: string): SessionScope {
  return { sessionId, ...createSessionMethods(caller, sessionId) };
}
