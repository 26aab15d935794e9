/** Every operation there is, by name. */
import type { Operation, OutputOf, ParsedInputOf } from "../operation/define-operation.ts";
import {
  accountGet,
  accountLoginCancel,
  accountLoginStart,
  accountLogout,
  accountRateLimits,
  accountUsage,
} from "./account.ts";
import { appServerCall } from "./app-server.ts";
import { approvalsDecide } from "./approvals.ts";
import { sessionsAttach, sessionsDetach } from "./attached.ts";
import { auditList } from "./audit.ts";
import {
  systemCapabilities,
  systemCollaborationModes,
  systemFeaturesExperimental,
} from "./capabilities.ts";
import { appsList, modelsList, permissionsList } from "./catalogs.ts";
import { feedbackSubmit, runtimeExec } from "./commands.ts";
import { configBatchSet, configGet, configRequirements, configSet } from "./config.ts";
import {
  sessionsApprovalPolicySet,
  sessionsControlsApply,
  sessionsControlsGet,
} from "./controls.ts";
import { sessionsDiscover, sessionsSearch } from "./discovery.ts";
import { sessionsGoalClear, sessionsGoalGet, sessionsGoalSet } from "./goal.ts";
import { inboxAcknowledge, inboxGet, inboxList } from "./inbox.ts";
import { mcpOauthLogin, mcpReload, mcpServersList } from "./mcp.ts";
import { messagesGet, messagesList, messagesReconcile } from "./messages.ts";
import {
  sessionsApprovalsList,
  sessionsToolCallsList,
  sessionsToolInputList,
} from "./pending-lists.ts";
import {
  policiesGet,
  policiesSet,
  sessionsPolicyGet,
  sessionsPolicySet,
  sessionsPolicyUnset,
} from "./policies.ts";
import { presetsList, sessionsPlan } from "./presets.ts";
import {
  projectsChatsDeleteAll,
  projectsChatsMoveAll,
  sessionsProjectSet,
} from "./project-sessions.ts";
import { projectsCreate, projectsDelete, projectsList, projectsRename } from "./projects.ts";
import { queueCancel, queueClear, queueEdit, queueList, queueMove, queueResume } from "./queue.ts";
import { requestsGet, requestsList, requestsRespond } from "./requests.ts";
import { sessionsSend } from "./send.ts";
import {
  sessionsArchive,
  sessionsDelete,
  sessionsFork,
  sessionsRename,
  sessionsResume,
  sessionsUnarchive,
} from "./session-life.ts";
import { sessionsToolsGet } from "./session-tools.ts";
import {
  sessionsBackgroundTerminalsClean,
  sessionsCompact,
  sessionsReview,
  sessionsRollback,
  sessionsSteer,
} from "./session-turns.ts";
import {
  sessionsCreate,
  sessionsGet,
  sessionsInterrupt,
  sessionsList,
  sessionsSendMessage,
} from "./sessions.ts";
import { sessionsSettingsGet, sessionsSettingsSet, sessionsSettingsUnset } from "./settings.ts";
import { skillsConfigSet, skillsList, skillsRemoteGet, skillsRemoteSet } from "./skills.ts";
import { subscriptionsCreate, subscriptionsDelete, subscriptionsList } from "./subscriptions.ts";
import { systemHealth, systemInfo, systemOpenapi, systemStatus } from "./system.ts";
import { toolCallsClaim, toolCallsRelease, toolCallsRespond } from "./tool-calls.ts";
import { toolInputDecide } from "./tool-input.ts";
import { sessionsTranscriptList, sessionsTranscriptUpsert } from "./transcript.ts";
import { triggersFiringsList, triggersTest } from "./trigger-firings.ts";
import {
  triggersCreate,
  triggersDelete,
  triggersGet,
  triggersList,
  triggersPause,
  triggersResume,
  triggersRotateSecret,
  triggersUpdate,
} from "./triggers.ts";
import { sessionsWait, sessionsWatch } from "./watching.ts";

function byName<const Ops extends { [Name in keyof Ops]: Operation<Name & string> }>(
  ops: Ops,
): Ops {
  return ops;
}

/** Every operation, by name. The compiler holds each key to its operation's name. */
export const operations = byName({
  "system.health": systemHealth,
  "system.info": systemInfo,
  "system.status": systemStatus,
  "system.openapi": systemOpenapi,
  "system.capabilities": systemCapabilities,
  "system.features.experimental": systemFeaturesExperimental,
  "system.collaboration.modes": systemCollaborationModes,
  "models.list": modelsList,
  "apps.list": appsList,
  "permissions.list": permissionsList,
  "skills.list": skillsList,
  "skills.config.set": skillsConfigSet,
  "skills.remote.get": skillsRemoteGet,
  "skills.remote.set": skillsRemoteSet,
  "mcp.reload": mcpReload,
  "mcp.servers.list": mcpServersList,
  "mcp.oauth.login": mcpOauthLogin,
  "account.get": accountGet,
  "account.rate_limits": accountRateLimits,
  "account.usage": accountUsage,
  "account.login.start": accountLoginStart,
  "account.login.cancel": accountLoginCancel,
  "account.logout": accountLogout,
  "config.get": configGet,
  "config.requirements": configRequirements,
  "config.set": configSet,
  "config.batch_set": configBatchSet,
  "runtime.exec": runtimeExec,
  "feedback.submit": feedbackSubmit,
  "app_server.call": appServerCall,
  "sessions.create": sessionsCreate,
  "sessions.plan": sessionsPlan,
  "presets.list": presetsList,
  "sessions.list": sessionsList,
  "sessions.get": sessionsGet,
  "sessions.send": sessionsSend,
  "sessions.send_message": sessionsSendMessage,
  "sessions.interrupt": sessionsInterrupt,
  "sessions.steer": sessionsSteer,
  "sessions.rename": sessionsRename,
  "sessions.archive": sessionsArchive,
  "sessions.unarchive": sessionsUnarchive,
  "sessions.resume": sessionsResume,
  "sessions.fork": sessionsFork,
  "sessions.delete": sessionsDelete,
  "sessions.attach": sessionsAttach,
  "sessions.detach": sessionsDetach,
  "sessions.discover": sessionsDiscover,
  "sessions.search": sessionsSearch,
  "sessions.watch": sessionsWatch,
  "sessions.wait": sessionsWait,
  "sessions.compact": sessionsCompact,
  "sessions.rollback": sessionsRollback,
  "sessions.review": sessionsReview,
  "sessions.goal.get": sessionsGoalGet,
  "sessions.goal.set": sessionsGoalSet,
  "sessions.goal.clear": sessionsGoalClear,
  "sessions.background_terminals.clean": sessionsBackgroundTerminalsClean,
  "sessions.approval_policy.set": sessionsApprovalPolicySet,
  "sessions.tools.get": sessionsToolsGet,
  "sessions.tool_calls.list": sessionsToolCallsList,
  "messages.get": messagesGet,
  "messages.list": messagesList,
  "messages.reconcile": messagesReconcile,
  "queue.list": queueList,
  "queue.cancel": queueCancel,
  "queue.edit": queueEdit,
  "queue.move": queueMove,
  "queue.resume": queueResume,
  "queue.clear": queueClear,
  "sessions.project.set": sessionsProjectSet,
  "sessions.controls.get": sessionsControlsGet,
  "sessions.controls.apply": sessionsControlsApply,
  "sessions.settings.get": sessionsSettingsGet,
  "sessions.settings.set": sessionsSettingsSet,
  "sessions.settings.unset": sessionsSettingsUnset,
  "sessions.transcript.list": sessionsTranscriptList,
  "sessions.transcript.upsert": sessionsTranscriptUpsert,
  "sessions.approvals.list": sessionsApprovalsList,
  "sessions.tool_input.list": sessionsToolInputList,
  "policies.get": policiesGet,
  "policies.set": policiesSet,
  "sessions.policy.get": sessionsPolicyGet,
  "sessions.policy.set": sessionsPolicySet,
  "sessions.policy.unset": sessionsPolicyUnset,
  "requests.list": requestsList,
  "requests.get": requestsGet,
  "requests.respond": requestsRespond,
  "tool_input.decide": toolInputDecide,
  "approvals.decide": approvalsDecide,
  "projects.list": projectsList,
  "projects.create": projectsCreate,
  "projects.rename": projectsRename,
  "projects.delete": projectsDelete,
  "projects.chats.move_all": projectsChatsMoveAll,
  "projects.chats.delete_all": projectsChatsDeleteAll,
  "triggers.create": triggersCreate,
  "triggers.list": triggersList,
  "triggers.firings.list": triggersFiringsList,
  "triggers.get": triggersGet,
  "triggers.update": triggersUpdate,
  "triggers.delete": triggersDelete,
  "triggers.pause": triggersPause,
  "triggers.resume": triggersResume,
  "triggers.test": triggersTest,
  "triggers.rotate_secret": triggersRotateSecret,
  "subscriptions.create": subscriptionsCreate,
  "subscriptions.list": subscriptionsList,
  "subscriptions.delete": subscriptionsDelete,
  "inbox.list": inboxList,
  "inbox.get": inboxGet,
  "inbox.acknowledge": inboxAcknowledge,
  "audit.list": auditList,
  "tool_calls.claim": toolCallsClaim,
  "tool_calls.release": toolCallsRelease,
  "tool_calls.respond": toolCallsRespond,
});

/** All operations as a type, for the SDK's and the handlers' tables. */
export type Operations = typeof operations;
/** Name of an operation. */
export type OperationName = keyof Operations;
/** What a handler of the operation gets: validated, defaults filled in. */
export type OperationInput<Name extends OperationName> = ParsedInputOf<Operations[Name]>;
/** What the operation gives. */
export type OperationOutput<Name extends OperationName> = OutputOf<Operations[Name]>;
