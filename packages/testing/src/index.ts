// The scripted model

// The real Codex, isolated
export type { CodexHome, CodexHomeOptions, McpServerConfig } from "./codex/codex-home.ts";
export { createCodexHome, writeCodexHome } from "./codex/codex-home.ts";
export type { FindCodexOptions } from "./codex/find-codex.ts";
export { CodexNotFoundError, findCodex } from "./codex/find-codex.ts";
// An MCP server to configure it with
export { mcpTestServer } from "./mcp-server/mcp-test-server.ts";
export type { Gate } from "./scripted-model/gate.ts";
export type {
  InputItem,
  OfferedTool,
  RecordedRequest,
  RequestEnd,
} from "./scripted-model/recorded-request.ts";
export type { RequestMatch, TurnQueue } from "./scripted-model/script.ts";
export type { ScriptedModel, ScriptedModelOptions } from "./scripted-model/scripted-model.ts";
export { startScriptedModel } from "./scripted-model/scripted-model.ts";
// What a scripted model answers
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
// The tools it calls
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
