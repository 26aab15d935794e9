/** Every operation, done. A handler says only which part of the hub does it. */
import type { Handlers } from "./context.ts";

/** The handlers by name. */
export const handlers: Handlers = {
  "system.health": (_input, { services }) => services.system.health(),
  "system.info": (_input, { services }) => services.system.info(),
  "sessions.create": (input, { services }) => services.sessions.create(input),
  "sessions.list": (input, { services, signal }) => services.sessions.list(input, signal),
  "sessions.get": ({ sessionId }, { services, signal }) => services.sessions.get(sessionId, signal),
  "sessions.send_message": (input, { services }) => services.sessions.sendMessage(input),
  "sessions.tools.get": ({ sessionId }, { services }) => services.sessions.tools(sessionId),
  "sessions.interrupt": (input, { services }) => services.sessions.interrupt(input),
  "approvals.decide": (input, { services }) => services.requests.decide(input),
  "tool_calls.claim": (input, { services }) => services.toolCalls.claim(input),
  "tool_calls.release": (input, { services }) => services.toolCalls.release(input),
  "tool_calls.respond": (input, { services }) => services.toolCalls.respond(input),
};
