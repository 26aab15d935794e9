/** Starts a turn, and brings the thread back first when codex does not hold it. */
import {
  isSignalboxError,
  type Operations,
  type ParsedInputOf,
  SignalboxError,
} from "@signalbox/contract";
import type { AskForApproval } from "@signalbox/protocol";
import type { Runtime } from "../runtime/runtime.ts";
import { toSandboxPolicy } from "./controls.ts";
import type { SessionRow } from "./session-row.ts";

type Message = ParsedInputOf<Operations["sessions.send_message"]>;

/** How long starting may take, in ms. */
const startDeadline = 60_000;

/**
 * Gives the turn's id. What the message overrides becomes the thread's default: that is codex's rule.
 * Throws `session_not_found`, `session_busy` when the thread turns out to run one already, and what
 * codex refuses.
 */
export async function startTurn(
  runtime: Runtime,
  row: SessionRow,
  message: Message,
): Promise<string> {
  try {
    return await start(runtime, row, message);
  } catch (error) {
    if (!isSignalboxError(error) || error.code !== "session_not_found") throw error;
  }
  await resume(runtime, row, message.sessionId);
  return await start(runtime, row, message);
}

async function start(runtime: Runtime, row: SessionRow, message: Message): Promise<string> {
  const { turn } = await runtime.request(
    "turn/start",
    {
      threadId: message.sessionId,
      input: [{ type: "text", text: message.text, text_elements: [] }],
      model: message.model ?? null,
      effort: message.effort ?? null,
      approvalPolicy: message.approvalPolicy ?? null,
      sandboxPolicy: toSandboxPolicy(message, row.controls) ?? null,
    },
    { deadline: startDeadline },
  );
  return turn.id;
}

async function resume(runtime: Runtime, row: SessionRow, threadId: string): Promise<void> {
  const { thread } = await runtime.request(
    "thread/resume",
    {
      threadId,
      excludeTurns: true,
      model: row.controls.model ?? null,
      approvalPolicy: (row.controls.approvalPolicy ?? null) as AskForApproval | null,
      sandbox: row.controls.filesystemSandbox ?? null,
    },
    { deadline: startDeadline },
  );
  if (thread.status.type !== "active") return;
  throw new SignalboxError("session_busy", "A turn runs in this session, begun by another client.");
}
