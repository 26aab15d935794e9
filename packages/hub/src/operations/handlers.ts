/** Every operation, done. A handler says only which part of the hub does it. */
import { codexHandlers } from "./codex-handlers.ts";
import type { Handlers } from "./context.ts";
import { triggerHandlers } from "./trigger-handlers.ts";

/** The handlers by name. */
export const handlers: Handlers = {
  ...codexHandlers,
  ...triggerHandlers,
  "system.health": (_input, { services }) => services.system.health(),
  "system.info": (_input, { services }) => services.system.info(),
  "system.status": (_input, { services }) => services.system.status(),
  "system.openapi": (_input, { services }) => services.system.openApi(),
  "sessions.create": (input, { services }) => services.sessionStart.create(input),
  "sessions.plan": (input, { services }) => services.sessionStart.plan(input),
  "presets.list": (input, { services }) => services.presets.list(input),
  "sessions.list": (input, { services }) => services.sessions.list(input),
  "sessions.get": ({ sessionId }, { services, signal }) => services.sessions.get(sessionId, signal),
  "sessions.send": async (input, { services, actor, note }) => {
    const sent = await services.sender.send(input, { actor });
    note({ messageId: sent.messageId, mode: sent.mode });
    return sent;
  },
  "sessions.send_message": (input, { services, actor }) =>
    services.earlierSends.sendMessage(input, { actor }),
  "sessions.interrupt": (input, { services }) => services.sessionTurns.interrupt(input),
  "sessions.steer": (input, { services, actor }) => services.earlierSends.steer(input, { actor }),
  "sessions.rename": (input, { services }) => services.sessionLife.rename(input),
  "sessions.archive": (input, { services }) => services.sessionLife.archive(input),
  "sessions.unarchive": (input, { services }) => services.sessionLife.unarchive(input),
  "sessions.resume": (input, { services }) => services.sessionLife.resume(input),
  "sessions.fork": (input, { services }) => services.sessionCopies.fork(input),
  "sessions.delete": (input, { services }) => services.sessionLife.delete(input),
  "sessions.attach": (input, { services }) => services.attachedSessions.attach(input),
  "sessions.detach": (input, { services }) => services.attachedSessions.detach(input),
  "sessions.discover": (input, { services, signal }) => services.discovery.discover(input, signal),
  "sessions.search": (input, { services, signal }) => services.discovery.search(input, signal),
  "sessions.watch": (input, { services, signal }) => services.sessionWatch.watch(input, signal),
  "sessions.wait": (input, { services, signal }) => services.sessionWait.wait(input, signal),
  "sessions.compact": (input, { services }) => services.sessionTurns.compact(input),
  "sessions.rollback": (input, { services }) => services.sessionTurns.rollback(input),
  "sessions.review": (input, { services }) => services.sessionTurns.review(input),
  "sessions.goal.get": (input, { services }) => services.goals.get(input),
  "sessions.goal.set": (input, { services }) => services.goals.set(input),
  "sessions.goal.clear": (input, { services }) => services.goals.clear(input),
  "sessions.background_terminals.clean": (input, { services }) =>
    services.sessionTurns.cleanBackgroundTerminals(input),
  "sessions.approval_policy.set": (input, { services, note }) =>
    services.sessionControls.setApprovalPolicy(input, note),
  "sessions.tools.get": ({ sessionId }, { services }) => services.sessions.tools(sessionId),
  "messages.get": (input, { services }) => services.messages.get(input),
  "messages.list": (input, { services }) => services.messages.list(input),
  "messages.reconcile": (input, { services }) => services.messages.reconcile(input),
  "queue.list": (input, { services }) => services.messages.queue(input),
  "queue.cancel": (input, { services }) => services.messages.cancel(input),
  "queue.edit": (input, { services }) => services.messages.edit(input),
  "queue.move": (input, { services }) => services.messages.move(input),
  "queue.resume": (input, { services }) => services.messages.resume(input),
  "queue.clear": (input, { services }) => services.messages.clear(input),
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
  "policies.get": (_input, { services }) => services.policies.get(),
  "policies.set": (input, { services }) => services.policies.set(input),
  "sessions.policy.get": (input, { services }) => services.policies.getOf(input),
  "sessions.policy.set": (input, { services }) => services.policies.setOf(input),
  "sessions.policy.unset": (input, { services }) => services.policies.unsetOf(input),
  "sessions.approvals.list": ({ sessionId }, { services }) => services.inbox.approvals(sessionId),
  "sessions.tool_input.list": ({ sessionId }, { services }) => services.inbox.toolInput(sessionId),
  "sessions.tool_calls.list": ({ sessionId }, { services }) => services.inbox.toolCalls(sessionId),
  "requests.list": (input, { services }) => services.inbox.list(input),
  "requests.get": (input, { services }) => services.inbox.get(input),
  "requests.respond": (input, { services }) => services.inbox.respond(input),
  "tool_input.decide": (input, { services }) => services.inbox.decideInput(input),
  "approvals.decide": (input, { services }) => services.inbox.decide(input),
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
