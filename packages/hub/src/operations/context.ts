/** What an operation's handler gets beside its input, and the table that holds all handlers. */
import type { Context } from "@opentelemetry/api";
import type { OperationInput, OperationName, OperationOutput } from "@signalbox/contract";
import type { EarlierSends } from "../dispatch/messages/earlier-sends.ts";
import type { Messages } from "../dispatch/messages/messages.ts";
import type { Sender } from "../dispatch/messages/sender.ts";
import type { Triggering } from "../dispatch/triggers/create-triggers.ts";
import type { ProjectChats } from "../projects/project-chats.ts";
import type { Projects } from "../projects/projects.ts";
import type { Inbox } from "../requests/inbox.ts";
import type { PolicySettings } from "../requests/policy-settings.ts";
import type { ToolCalls } from "../requests/tool-calls.ts";
import type { AttachedSessions } from "../sessions/attached-sessions.ts";
import type { Discovery } from "../sessions/discovery.ts";
import type { Goals } from "../sessions/goals.ts";
import type { Presets } from "../sessions/presets/presets.ts";
import type { Selectors } from "../sessions/selectors.ts";
import type { SessionControls } from "../sessions/session-controls.ts";
import type { SessionCopies } from "../sessions/session-copies.ts";
import type { SessionLife } from "../sessions/session-life.ts";
import type { SessionStart } from "../sessions/session-start.ts";
import type { SessionTurns } from "../sessions/session-turns.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { AuditLog, AuditNote } from "../store/audit-log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { SessionWait } from "../waiting/session-wait.ts";
import type { SessionWatch } from "../waiting/session-watch.ts";
import type { Capabilities } from "./capabilities.ts";
import type { CodexCalls } from "./codex-calls.ts";
import type { Idempotency } from "./idempotency.ts";
import type { SystemStatus } from "./system-status.ts";

/** The parts of the hub that operations act on. */
export interface Services {
  readonly system: SystemStatus;
  readonly capabilities: Capabilities;
  readonly codex: CodexCalls;
  readonly selectors: Selectors;
  readonly sessions: Sessions;
  readonly sessionTurns: SessionTurns;
  readonly presets: Presets;
  readonly sessionStart: SessionStart;
  readonly sessionCopies: SessionCopies;
  readonly sender: Sender;
  readonly earlierSends: EarlierSends;
  readonly messages: Messages;
  readonly sessionLife: SessionLife;
  readonly attachedSessions: AttachedSessions;
  readonly discovery: Discovery;
  readonly sessionWatch: SessionWatch;
  readonly sessionWait: SessionWait;
  readonly sessionControls: SessionControls;
  readonly goals: Goals;
  readonly projects: Projects;
  readonly projectChats: ProjectChats;
  readonly transcript: Transcript;
  readonly inbox: Inbox;
  readonly policies: PolicySettings;
  readonly toolCalls: ToolCalls;
  readonly triggering: Triggering;
  readonly idempotency: Idempotency;
  readonly metrics: Metrics;
  readonly audit: AuditLog;
}

/** What goes with one call. */
export interface OperationContext {
  readonly services: Services;
  /** Which way the call came, for audit and trace: a `Surface`, or the hub's own word. */
  readonly caller: string;
  /** Who acts, as the caller says; an `actor` in the input goes before it. */
  readonly actor?: string | undefined;
  /** The trace the call is part of. */
  readonly trace?: Context | undefined;
  /** Of a write that may be sent again: it is done once under one key. */
  readonly idempotencyKey?: string | undefined;
  /** Fires when nobody waits for the answer any more. A write that was begun is finished all the same. */
  readonly signal: AbortSignal;
}

/** What a handler gets beside its input. */
export interface HandlerContext extends OperationContext {
  readonly note: AuditNote;
}

/** A handler for every operation. The compiler misses none. */
export type Handlers = {
  readonly [Name in OperationName]: (
    input: OperationInput<Name>,
    context: HandlerContext,
  ) => Promise<OperationOutput<Name>> | OperationOutput<Name>;
};
