/** The guide for agents that use the hub is true: its topics, numbers and examples are the code's. */
import { operations, parseInput, toolsOf, toToolCall } from "@signalbox/contract";
import { expect, test } from "vitest";
import { callTimeout } from "../../packages/cli/src/mcp/hub-calls.ts";
import { progressInterval } from "../../packages/cli/src/mcp/progress.ts";
import { gatherFor } from "../../packages/cli/src/mcp/resources/changes.ts";
import { pageSize } from "../../packages/cli/src/mcp/resources/read.ts";
import { maxSubscriptions } from "../../packages/cli/src/mcp/resources/subscriptions.ts";
import { maxMessageBytes } from "../../packages/cli/src/mcp/stdio.ts";
import { topics } from "../../packages/contract/src/mcp/topics.ts";
import { readGuide, rowsIn } from "./guide.ts";

const guide = readGuide("mcp");
const tools = toolsOf(operations);

test("the table of topics has every topic", () => {
  expect(rowsIn(guide, "topic")).toEqual(topics.map(({ name, about }) => [`\`${name}\``, about]));
});

test("the call it shows is one", () => {
  const [, json = ""] = /^`(\{"op".*\})`$/m.exec(guide) ?? [];
  const { operation, input } = toToolCall(tools, "signalbox_sessions_write", JSON.parse(json));
  expect(parseInput(operation, input)).toMatchObject({ handle: "@notes" });
});

test("its numbers are the code's", () => {
  for (const said of [
    `${callTimeout / 1_000} seconds at most`,
    `every ${["", "", "two"][progressInterval / 1_000]} seconds`,
    `A page has ${pageSize} entries`,
    `${maxSubscriptions.toLocaleString("en")} addresses`,
    `over ${gatherFor === 200 ? "a fifth" : "another part"} of a second`,
    `${maxMessageBytes / 1024 / 1024} MiB at most`,
  ]) {
    expect(guide).toContain(said);
  }
  const seen = tools.map(({ name, description, inputSchema }) => [name, description, inputSchema]);
  // Some four characters are a token.
  const tokens = JSON.stringify(seen).length / 4;
  const [, said = ""] = /some ([\d,]+) tokens/.exec(guide) ?? [];
  expect(tokens / Number(said.replace(",", ""))).toBeGreaterThan(0.7);
  expect(tokens / Number(said.replace(",", ""))).toBeLessThan(1.5);
});
