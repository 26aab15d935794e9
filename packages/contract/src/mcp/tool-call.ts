/** From a tool's call to an operation's, and from how that ended to the tool's result. */
import { categoryTable } from "../errors/category.ts";
import { toErrorBody, toSignalboxError } from "../errors/error-body.ts";
import { SignalboxError } from "../errors/signalbox-error.ts";
import type { Operation } from "../operation/define-operation.ts";
import { parseIdempotencyKey } from "../operation/idempotency-key.ts";
import { keyField, type McpTool, operationField } from "./tools.ts";

/** An operation as a tool's call asks for it. */
export interface McpToolCall {
  readonly operation: Operation;
  /** What else the arguments hold. Not validated: the hub does. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Under which it is to be done once. */
  readonly idempotencyKey?: string;
}

/** What a tool's call gives. */
export type McpToolResult = {
  /** The output as JSON, or what went wrong and what to do. */
  content: { type: "text"; text: string }[];
  /** The output; of a failure `{error}`, the error's body with its category. */
  structuredContent: Record<string, unknown>;
  isError?: true;
  /** Of a failure: `code`, `category`, `retryable`, and its numbers on the command line and in JSON-RPC. */
  _meta?: Record<string, unknown>;
};

/**
 * The operation that is meant. Throws `mcp_route_error`, which says what there is instead, and
 * `invalid_request` for a key that can't be one.
 */
export function toToolCall(
  tools: readonly McpTool[],
  name: string,
  args: Readonly<Record<string, unknown>>,
): McpToolCall {
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) {
    const there = tools.map((one) => one.name);
    throw wrongRoute(`There is no tool ${name} here. Tools: ${there.join(", ")}.`, {
      tools: there,
    });
  }
  const { [operationField]: wanted, ...input } = args;
  const operation = tool.operations.find((one) => one.name === wanted);
  if (operation !== undefined) return withKey(tool, operation, input);
  const operations = tool.operations.map((one) => one.name);
  const elsewhere = tools.find((one) => one.operations.some((other) => other.name === wanted));
  const problem =
    wanted === undefined
      ? `${operationField} is missing`
      : `${name} has no operation ${JSON.stringify(wanted)}`;
  const remedy =
    elsewhere === undefined
      ? `Give ${operationField} as one of: ${operations.join(", ")}.`
      : `Call ${elsewhere.name} for it.`;
  throw wrongRoute(`${problem}. ${remedy}`, {
    tool: name,
    operations,
    ...(elsewhere === undefined ? {} : { elsewhere: elsewhere.name }),
  });
}

function withKey(
  { inputSchema }: McpTool,
  operation: Operation,
  args: Readonly<Record<string, unknown>>,
): McpToolCall {
  const { [keyField]: key, ...input } = args;
  // Of a tool that has no such field it is an argument like any other, which the hub refuses.
  if (key === undefined || !(keyField in inputSchema.properties)) return { operation, input: args };
  return { operation, input, idempotencyKey: parseIdempotencyKey(key) };
}

/** What a call that was done gives. */
export function toToolResult(output: unknown): McpToolResult {
  return {
    content: [{ type: "text", text: JSON.stringify(output) }],
    structuredContent: output as Record<string, unknown>,
  };
}

/** What a call that failed gives. Codex shows models the structured part alone, so it has everything. */
export function toToolFailure(thrown: unknown): McpToolResult {
  const error = toSignalboxError(thrown);
  const { code, category, retryable, message } = error;
  const { exit, rpc } = categoryTable[category];
  return {
    content: [{ type: "text", text: message }],
    structuredContent: { error: { ...toErrorBody(error), category } },
    isError: true,
    _meta: { code, category, retryable, exit, rpc },
  };
}

function wrongRoute(message: string, details: Readonly<Record<string, unknown>>): SignalboxError {
  return new SignalboxError("mcp_route_error", message, { details });
}
