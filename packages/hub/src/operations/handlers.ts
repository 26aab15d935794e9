/** Every operation, done. A handler says only which part of the hub does it. */
import { codexHandlers } from "./codex-handlers.ts";
import type { Handlers } from "./context.ts";

/** The handlers by name. */
export const handlers: Handlers = {
  ...codexHandlers,
  "system.health": (_input, { services }) => services.system.health(),
  "system.info": (_input, { services }) => services.system.info(),
  "system.openapi": (_input, { services }) => services.system.openApi(),
  "sessions.create": (input, { services }) => services.sessions.create(input),
  "sessions.list": (input, { services }) => services.sessions.list(input),
  "sessions.get": ({ sessionId }, { services, signal }) => services.sessions.get(sessionId, signal),
  "sessions.send_message": (input, { services }) => services.sessionTurns.sendMessage(input),
  "sessions.interrupt": (input, { services }) => services.sessionTurns.interrupt(input),
  "sessions.steer": (input, { services }) => services.sessionTurns.steer(input),
  "sessions.rename": (input, { services }) => services.sessionLife.rename(input),
  "sessions.archive": (input, { services }) => services.sessionLife.archive(input),
  "sessions.unarchive": (input, { services }) => services.sessionLife.unarchive(input),
  "sessions.resume": (input, { services }) => services.sessionLife.resume(input),
  "sessions.fork": (input, { services }) => services.sessionLife.fork(input),
  "sessions.delete": (input, { services }) => services.sessionLife.delete(input),
  "sessions.compact": (input, { services }) => services.sessionTurns.compact(input),
  "sessions.rollback": (input, { services }) => services.sessionTurns.rollback(input),
  "sessions.review": (input, { services }) => services.sessionTurns.review(input),
  "sessions.background_terminals.clean": (input, { services }) =>
    services.sessionTurns.cleanBackgroundTerminals(input),
  "sessions.approval_policy.set": (input, { services }) =>
    services.sessionTurns.setApprovalPolicy(input),
  "sessions.tools.get": ({ sessionId }, { services }) => services.sessions.tools(sessionId),
  "sessions.tool_calls.list": (input, { services }) => services.toolCalls.list(input),
  "sessions.project.set": (input, { services }) => services.projects.assign(input),
  "sessions.controls.get": (input, { services }) => services.sessionControls.get(input),
  "sessions.controls.apply": (input, { services, note }) =>
    services.sessionControls.apply(input, note),
  "sessions.settings.get": (input, { services }) => services.sessionControls.settings(input),
  "sessions.settings.set": (input, { services, note }) => services.sessionControls.set(input, note),
  "sessions.settings.unset": (input, { services, note }) =>
    services.sessionControls.unset(input, note),
  "sessions.transcript.list": (input, { services, signal }) =>
    services.transcript.list(input, signal),
  "sessions.transcript.upsert": (input, { services }) => services.transcript.upsert(input),
  "approvals.decide": (input, { services }) => services.requests.decide(input),
  "projects.list": (_input, { services }) => services.projects.list(),
  "projects.create": (input, { services }) => services.projects.create(input),
  "projects.rename": (input, { services }) => services.projects.rename(input),
  "projects.delete": (input, { services }) => services.projects.delete(input),
  "projects.chats.move_all": (input, { services }) => services.projectChats.moveAll(input),
  "projects.chats.delete_all": (input, { services }) => services.projectChats.deleteAll(input),
  "audit.list": (input, { services }) => services.audit.list(input),
  "tool_calls.claim": (input, { services }) => services.toolCalls.claim(input),
  "tool_calls.release": (input, { services }) => services.toolCalls.release(input),
  "tool_calls.respond": (input, { services }) => services.toolCalls.respond(input),
};
