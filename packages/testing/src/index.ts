// The scripted model.

export type { Gate } from "./gate.ts";
export type {
  InputItem,
  OfferedTool,
  RecordedRequest,
  RequestEnd,
} from "./scripted-model/recorded-request.ts";
export type { RequestMatch, TurnQueue } from "./scripted-model/script.ts";
export type { ScriptedModel, ScriptedModelOptions } from "./scripted-model/scripted-model.ts";
export { startScriptedModel } from "./scripted-model/scripted-model.ts";

// What it answers.

export type {
  Deltas,
  ItemContext,
  ModelEvent,
  ModelItem,
  Reply,
  Step,
  Usage,
} from "./scripted-model/step.ts";
export {
  deltas,
  dropSocket,
  event,
  failed,
  gate,
  hang,
  httpError,
  incomplete,
  item,
  reasoning,
  text,
  usage,
} from "./scripted-model/step.ts";

// The tools it calls.

export type {
  CallOptions,
  ExecCommandOptions,
  PlanStep,
  ScriptedPermissions,
  ScriptedQuestion,
} from "./scripted-model/tool-call.ts";
export {
  addFilePatch,
  applyPatch,
  customToolCall,
  execCommand,
  functionCall,
  localShell,
  mcpToolCall,
  requestPermissions,
  requestUserInput,
  updatePlan,
  webSearch,
  writeStdin,
} from "./scripted-model/tool-call.ts";

// The real Codex, isolated, and an MCP server to configure it with.

export type { CodexHome, CodexHomeOptions, McpServerConfig } from "./codex/codex-home.ts";
export { createCodexHome, writeCodexHome } from "./codex/codex-home.ts";
export type { FindCodexOptions } from "./codex/find-codex.ts";
export { CodexNotFoundError, findCodex } from "./codex/find-codex.ts";
export { mcpTestServer } from "./mcp-server/mcp-test-server.ts";

// The scripted app-server.

export type { AppServerScript, Rule } from "./scripted-app-server/script.ts";
export {
  answeredInOrder,
  neverAnswer,
  on,
  onFirst,
  overloaded,
} from "./scripted-app-server/script.ts";
export type { ScriptedAppServer } from "./scripted-app-server/scripted-app-server.ts";
export { startScriptedAppServer } from "./scripted-app-server/scripted-app-server.ts";
export type {
  ReceivedLine,
  ReceivedMessage,
  ScriptedProcess,
} from "./scripted-app-server/scripted-process.ts";

// What it does.

export type { Action, FloodOptions } from "./scripted-app-server/action.ts";
export {
  awaitAnswer,
  awaitMessage,
  endStdout,
  exit,
  flood,
  giantLine,
  holdAt,
  kill,
  line,
  notify,
  pause,
  pieces,
  raw,
  reply,
  replyError,
  request,
  stderr,
  stopReading,
} from "./scripted-app-server/action.ts";
export {
  agentMessage,
  agentMessageDelta,
  turnCompleted,
  turnStarted,
  userMessage,
  wholeItem,
  wholeTurn,
} from "./scripted-app-server/turn-events.ts";

// What the real Codex has said.

export type { TranscriptLine, TranscriptMessage } from "./transcripts/transcript.ts";
export { readTranscript, transcriptNames } from "./transcripts/transcript.ts";
export { UNCOVERED } from "./transcripts/uncovered.ts";
