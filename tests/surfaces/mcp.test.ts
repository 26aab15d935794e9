/** Every operation's examples over MCP. */
import { afterAll } from "vitest";
import { testExamplesOn } from "./examples.ts";
import { McpSurface } from "./mcp.ts";

const mcp = new McpSurface();
afterAll(() => mcp[Symbol.asyncDispose]());

testExamplesOn(mcp);
