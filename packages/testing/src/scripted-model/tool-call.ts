/**
 * Builders for the tool calls a model can make of Codex.
 *
 * Which tools there are, and under which name, depends on Codex's model metadata and features, so
 * the builders look at what the request offers.
 */
import type { RecordedRequest } from "./recorded-request.ts";
import type { ItemStep } from "./step.ts";
import { item } from "./step.ts";

/** Fields that any call may have. */
export interface CallOptions {
  /** Default: an id that no other call of this model has. */
  readonly callId?: string;
  /** The namespace a tool lies in, e.g. that of an MCP server. */
  readonly namespace?: string;
}

/** A call of a function tool; `args` are sent as JSON, a string as it stands (even if not JSON). */
export function functionCall(name: string, args: unknown, options: CallOptions = {}): ItemStep {
  return item(({ id }) => ({
    type: "function_call",
    call_id: options.callId ?? id,
    name,
    arguments: typeof args === "string" ? args : JSON.stringify(args),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  }));
}

/** A call of a freeform tool. */
export function customToolCall(name: string, input: string, options: CallOptions = {}): ItemStep {
  return item(({ id }) => ({
    type: "custom_tool_call",
    call_id: options.callId ?? id,
    name,
    input,
  }));
}

/** What {@link execCommand} runs. */
export interface ExecCommandOptions extends CallOptions {
  /** A shell command line. */
  readonly cmd: string;
  readonly workdir?: string;
  /**
   * Asks to run outside the sandbox, which under approval policy `on-request` makes Codex ask its
   * client: `item/commandExecution/requestApproval`.
   */
  readonly escalate?: boolean;
  /** The reason given with the question. */
  readonly justification?: string;
  /** Leave the command running and give its output so far after this many milliseconds. */
  readonly yieldTimeMs?: number;
  /** Run it on a terminal. */
  readonly tty?: boolean;
  /** The rule offered as `acceptWithExecpolicyAmendment`, e.g. `["git", "pull"]`. */
  readonly prefixRule?: readonly string[];
}

/**
 * A shell command through whichever shell tool the request offers: `exec_command`, or else
 * `shell_command`, or else `shell`. A command that outlives `yieldTimeMs` goes on in the background.
 */
export function execCommand(options: ExecCommandOptions): ItemStep {
  return item(({ request, id }) => {
    const name = shellToolName(request);
    return {
      type: "function_call",
      call_id: options.callId ?? id,
      name,
      arguments: JSON.stringify(shellArguments(name, options)),
    };
  });
}

/** Input for a command that is still running (`session_id` as its output named it). */
export function writeStdin(
  options: CallOptions & {
    readonly sessionId: number;
    readonly chars?: string;
    readonly yieldTimeMs?: number;
  },
): ItemStep {
  return functionCall(
    "write_stdin",
    defined({
      session_id: options.sessionId,
      chars: options.chars,
      yield_time_ms: options.yieldTimeMs,
    }),
    options,
  );
}

/**
 * Applies a patch (`*** Begin Patch` … `*** End Patch`): by the `apply_patch` tool where the request
 * offers it, by the shell otherwise, which Codex recognises as the same thing.
 */
export function applyPatch(patch: string, options: CallOptions = {}): ItemStep {
  return item(({ request, id }) => {
    const callId = options.callId ?? id;
    if (request.tools.some((tool) => tool.name === "apply_patch")) {
      return { type: "custom_tool_call", call_id: callId, name: "apply_patch", input: patch };
    }
    const name = shellToolName(request);
    const cmd = `apply_patch <<'EOF'\n${patch.trimEnd()}\nEOF`;
    const args = JSON.stringify(shellArguments(name, { cmd }));
    return { type: "function_call", call_id: callId, name, arguments: args };
  });
}

/** The patch that adds a file (path relative to the thread's directory) with these lines. */
export function addFilePatch(path: string, content: string): string {
  const lines = content.replace(/\n$/, "").split("\n");
  return [
    "*** Begin Patch",
    `*** Add File: ${path}`,
    ...lines.map((line) => `+${line}`),
    "*** End Patch",
  ].join("\n");
}

/** One question of {@link requestUserInput}; options make it a choice. */
export interface ScriptedQuestion {
  readonly id: string;
  readonly header: string;
  readonly question: string;
  readonly options: readonly { readonly label: string; readonly description: string }[];
}

/**
 * Asks the person: `item/tool/requestUserInput`. It needs plan mode, or the feature
 * `default_mode_request_user_input`.
 */
export function requestUserInput(
  questions: readonly ScriptedQuestion[],
  options: CallOptions = {},
): ItemStep {
  return functionCall("request_user_input", { questions }, options);
}

/** What {@link requestPermissions} asks for. Paths are absolute. */
export interface ScriptedPermissions {
  readonly file_system?: { readonly read?: readonly string[]; readonly write?: readonly string[] };
  readonly network?: { readonly enabled: boolean };
}

/**
 * Asks for more rights: `item/permissions/requestApproval`. It needs the feature
 * `request_permissions_tool` and a sandbox that lacks them.
 */
export function requestPermissions(
  permissions: ScriptedPermissions,
  options: CallOptions & { readonly reason?: string } = {},
): ItemStep {
  return functionCall(
    "request_permissions",
    defined({ permissions, reason: options.reason }),
    options,
  );
}

/** One step of {@link updatePlan}. */
export interface PlanStep {
  readonly step: string;
  readonly status: "pending" | "in_progress" | "completed";
}

/** Sets the turn's plan: `turn/plan/updated`. */
export function updatePlan(
  plan: readonly PlanStep[],
  options: CallOptions & { readonly explanation?: string } = {},
): ItemStep {
  return functionCall("update_plan", defined({ plan, explanation: options.explanation }), options);
}

/** A call of an MCP server's tool, in the form in which the request offers it. */
export function mcpToolCall(
  server: string,
  tool: string,
  args: unknown,
  options: Omit<CallOptions, "namespace"> = {},
): ItemStep {
  return item(({ request, id }) => {
    const namespace = `mcp__${server}`;
    const offered = request.tools.some((one) => one.type === "namespace" && one.name === namespace);
    return {
      type: "function_call",
      call_id: options.callId ?? id,
      ...(offered ? { namespace, name: tool } : { name: `${namespace}__${tool}` }),
      arguments: JSON.stringify(args),
    };
  });
}

/**
 * The model's own `local_shell_call`. Codex 0.169.0 runs none: the turn ends without an item and the
 * call's output is `aborted`.
 */
export function localShell(command: readonly string[], options: CallOptions = {}): ItemStep {
  return item(({ id }) => ({
    type: "local_shell_call",
    call_id: options.callId ?? id,
    status: "completed",
    action: { type: "exec", command },
  }));
}

/** A web search that the model's provider has made. */
export function webSearch(query: string): ItemStep {
  return item(({ id }) => ({
    type: "web_search_call",
    id: `ws_${id}`,
    status: "completed",
    action: { type: "search", query },
  }));
}

function shellToolName(request: RecordedRequest): string {
  const names = new Set(request.tools.map((tool) => tool.name));
  return ["exec_command", "shell_command", "shell"].find((one) => names.has(one)) ?? "exec_command";
}

function shellArguments(tool: string, options: ExecCommandOptions): object {
  const common = {
    workdir: options.workdir,
    sandbox_permissions: options.escalate ? "require_escalated" : undefined,
    justification: options.justification,
    prefix_rule: options.prefixRule,
  };
  if (tool === "exec_command") {
    return defined({
      cmd: options.cmd,
      yield_time_ms: options.yieldTimeMs,
      tty: options.tty,
      ...common,
    });
  }
  if (tool === "shell_command") return defined({ command: options.cmd, ...common });
  return defined({ command: ["bash", "-lc", options.cmd], ...common });
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
