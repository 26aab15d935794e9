/** The tools of `signalbox mcp` over stdio, called as an agent's host calls them. */
import {
  categoryTable,
  type ErrorCategory,
  type McpTool,
  type Operation,
  operationField,
  operations,
  toolsOf,
} from "@signalbox/contract";
import { expect } from "vitest";
import type { HubAddress } from "../../packages/hub/fixtures/hub-world.ts";
import { connectOverStdio, type StdioClient } from "../mcp/client.ts";
import type { Surface } from "./surface.ts";

const tools: readonly McpTool[] = toolsOf(operations);

/** One process for each hub, for all its examples. */
export class McpSurface implements Surface, AsyncDisposable {
  readonly name = "mcp";
  readonly #clients = new Map<string, Promise<StdioClient>>();

  async call(hub: HubAddress, operation: Operation, input: Readonly<Record<string, unknown>>) {
    const { client } = await this.#connect(hub);
    const tool = tools.find((one) => one.operations.includes(operation))!;
    const result = await client.callTool({
      name: tool.name,
      arguments: { [operationField]: operation.name, ...input },
    });
    const [content] = result.content;
    expect(result.content).toEqual([{ type: "text", text: expect.any(String) }]);
    const { text } = content as { text: string };
    if (result.isError !== true) {
      expect(JSON.parse(text)).toEqual(result.structuredContent);
      return { output: result.structuredContent };
    }
    const { error } = result.structuredContent as {
      error: { code: string; message: string; category: ErrorCategory; retryable: boolean };
    };
    const { code, category, retryable } = error;
    const { exit, rpc } = categoryTable[category];
    expect(result._meta).toMatchObject({ code, category, retryable, exit, rpc });
    expect(text).toBe(error.message);
    return { error };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients.values()) await (await client)[Symbol.asyncDispose]();
  }

  #connect(hub: HubAddress): Promise<StdioClient> {
    const there = this.#clients.get(hub.url);
    if (there !== undefined) return there;
    const connecting = connectOverStdio(hub).then(async (connected) => {
      // From here on the client holds every result to the tool's output schema.
      await connected.client.listTools();
      return connected;
    });
    this.#clients.set(hub.url, connecting);
    return connecting;
  }
}
