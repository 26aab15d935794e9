/** A call of the agent for a tool, however it was heard of. */
import type { RequestSignal, ViewPayload } from "@signalbox/contract";

/** A call for a tool. */
export interface ToolCall {
  readonly requestId: string;
  readonly threadId: string | null;
  readonly turnId: string | null;
  readonly callId: string | null;
  readonly tool: string;
  readonly arguments: unknown;
}

/** A signal as handlers get it: what `onAppServerRequest("item.tool.call", ...)` gives fits. */
export type SkillSignal = Pick<RequestSignal, "eventType" | "context" | "params" | "session"> & {
  readonly requestId?: string;
};

/** A row of `sessions.tool_calls.list`, as far as it is needed. */
export type SkillCallRow = Pick<
  ViewPayload<"tool_call_requested">,
  "requestId" | "threadId" | "turnId" | "callId" | "tool" | "arguments"
>;

/** Type of the event that carries a tool call. */
export const toolCallEvent = "app_server.request.item.tool.call";

/** The session a signal is about; null for none. */
export function sessionOf(signal: Pick<SkillSignal, "context" | "session">): string | null {
  return signal.session?.id ?? signal.context.threadId;
}

/** The call a signal carries; undefined when it is no tool call. */
export function callOfSignal(signal: SkillSignal): ToolCall | undefined {
  const { params, requestId } = signal;
  if (signal.eventType !== toolCallEvent || requestId === undefined) return undefined;
  if (typeof params !== "object" || params === null) return undefined;
  const { tool, arguments: args, callId } = params as Readonly<Record<string, unknown>>;
  if (typeof tool !== "string" || tool.trim() === "") return undefined;
  return {
    requestId,
    threadId: sessionOf(signal),
    turnId: signal.context.turnId,
    callId: typeof callId === "string" ? callId : null,
    tool,
    arguments: args,
  };
}
