/**
 * The builders against the real binary: what each of them makes Codex do.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { WireMessage } from "../fixtures/line-client.ts";
import { type RealCodex, startRealCodex } from "../fixtures/real-codex.ts";
import {
  addFilePatch,
  applyPatch,
  customToolCall,
  deltas,
  dropSocket,
  execCommand,
  failed,
  functionCall,
  gate,
  hang,
  httpError,
  incomplete,
  localShell,
  mcpTestServer,
  mcpToolCall,
  reasoning,
  requestPermissions,
  requestUserInput,
  text,
  updatePlan,
  usage,
  webSearch,
  writeStdin,
} from "./index.ts";

interface Item {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The completed items of this kind, in order. */
function items(codex: RealCodex, type: string): Item[] {
  return codex.client
    .received("item/completed")
    .map(({ params }) => params?.item as Item)
    .filter((one) => one.type === type);
}

/** The methods of all notifications and server requests since the thread was started. */
function methods(codex: RealCodex): Set<string> {
  return new Set(
    codex.client.lines.flatMap(({ dir, message }) =>
      dir === "in" && message.method !== undefined ? [message.method] : [],
    ),
  );
}

/** What Codex told the model the newest call had put out. */
function lastOutput(codex: RealCodex): string {
  return JSON.stringify([...(codex.model.requests.at(-1)?.toolOutputs.values() ?? [])].at(-1));
}

async function answer(codex: RealCodex, method: string, result: unknown): Promise<WireMessage> {
  const asked = await codex.client.event(method);
  codex.client.respond(asked, result);
  return asked;
}

describe("streams", () => {
  test("text comes as one delta each, and the usage as the thread's tokens", async () => {
    await using codex = await startRealCodex();
    codex.model.turn([text(["Hel", "lo"]), usage({ input: 100, cachedInput: 40, output: 20 })]);
    const threadId = await codex.startThread();
    const end = await codex.turnEnd(await codex.startTurn(threadId, "hi"));
    expect(end.status).toBe("completed");
    const received = codex.client.received("item/agentMessage/delta");
    expect(received.map(({ params }) => params?.delta)).toEqual(["Hel", "lo"]);
    expect(items(codex, "agentMessage")[0]).toMatchObject({ text: "Hello" });
    const used = await codex.client.event("thread/tokenUsage/updated");
    expect(used.params.tokenUsage).toMatchObject({
      total: { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, totalTokens: 120 },
    });
    expect(codex.model.requests[0]).toMatchObject({ threadId, lastUserText: "hi" });
  });

  test("reasoning comes as parts of summary and as raw text", async () => {
    await using codex = await startRealCodex();
    codex.model.turn([reasoning(["first", "second"], { content: "raw", chunk: 3 }), text("done")]);
    await codex.turnEnd(await codex.startTurn(await codex.startThread(), "hi"));
    expect(items(codex, "reasoning")[0]).toMatchObject({
      summary: ["first", "second"],
      content: ["raw"],
    });
    expect(codex.client.received("item/reasoning/summaryPartAdded")).toHaveLength(2);
    const summary = codex.client.received("item/reasoning/summaryTextDelta");
    expect(summary.map(({ params }) => params?.delta)).toEqual(["fir", "st", "sec", "ond"]);
    expect(codex.client.received("item/reasoning/textDelta")).toHaveLength(1);
  });

  test("two turns held by gates of their own interleave as the test says", async () => {
    await using codex = await startRealCodex();
    const { model, client } = codex;
    model.when("left").turn(text(["l1", gate("left"), "l2"]));
    model.when("right").turn(text(["r1", gate("right"), "r2"]));
    const turns = await Promise.all(
      ["left", "right"].map(async (name) => codex.startTurn(await codex.startThread(), name)),
    );
    const delta = async () => (await client.event("item/agentMessage/delta")).params.delta;
    expect(new Set([await delta(), await delta()])).toEqual(new Set(["l1", "r1"]));
    model.gate("right").release();
    expect(await delta()).toBe("r2");
    await codex.turnEnd(turns[1]!);
    model.gate("left").release();
    expect(await delta()).toBe("l2");
    await codex.turnEnd(turns[0]!);
    expect(model.requests.map(({ threadId }) => threadId).every((id) => id !== undefined)).toBe(
      true,
    );
  });

  test("a flood of deltas arrives whole", async () => {
    await using codex = await startRealCodex();
    codex.model.turn(text(deltas(5_000)));
    await codex.turnEnd(await codex.startTurn(await codex.startThread(), "hi"));
    expect(codex.client.received("item/agentMessage/delta")).toHaveLength(5_000);
  });

  test("a held stream is cut off by an interrupt", async () => {
    await using codex = await startRealCodex();
    codex.model.turn([text("so far"), hang()]);
    const threadId = await codex.startThread();
    const turnId = await codex.startTurn(threadId, "hi");
    await codex.client.event("item/agentMessage/delta");
    await codex.client.request("turn/interrupt", { threadId, turnId });
    expect((await codex.turnEnd(turnId)).status).toBe("interrupted");
    expect(await codex.model.requests[0]?.ended).toBe("client_closed");
  });
});

describe("faults", () => {
  test.each([
    ["an HTTP error", httpError(400, { error: { message: "bad input" } }), /bad input/],
    ["a failed response", [text("x"), failed("server_error", "boom")], /boom/],
    ["an incomplete response", incomplete("content_filter"), /content_filter/],
    ["a socket dropped before the headers", dropSocket(), /stream disconnected/],
    ["a socket dropped in mid-stream", [text("half"), dropSocket()], /stream disconnected/],
  ])("%s fails the turn with its reason", async (_, reply, message) => {
    await using codex = await startRealCodex();
    codex.model.turn(reply);
    const turnId = await codex.startTurn(await codex.startThread(), "hi");
    const end = await codex.turnEnd(turnId);
    expect(end.status).toBe("failed");
    expect(end.error?.message).toMatch(message);
    const error = await codex.client.event("error");
    expect(error.params).toMatchObject({ turnId, willRetry: false });
  });

  test("a turn for which nothing is scripted fails and says so", async () => {
    await using codex = await startRealCodex();
    const end = await codex.turnEnd(await codex.startTurn(await codex.startThread(), "hello"));
    expect(end.error?.message).toContain("Nothing is scripted for model request 0");
  });
});

describe("commands and files", () => {
  test("a command runs and its output goes back to the model", async () => {
    await using codex = await startRealCodex();
    codex.model.turn(execCommand({ cmd: "echo out; echo err >&2; exit 3" }), text("done"));
    await codex.turnEnd(await codex.startTurn(await codex.startThread(), "hi"));
    expect(items(codex, "commandExecution")[0]).toMatchObject({ status: "failed", exitCode: 3 });
    // Two pipes: which of them codex reads first is not promised.
    expect(lastOutput(codex)).toMatch(/out.*err|err.*out/s);
  });

  test("an escalated command is asked about with its justification; accepted, it runs", async () => {
    await using codex = await startRealCodex({ approvalPolicy: "on-request" });
    codex.model.turn(
      execCommand({
        cmd: "echo yes",
        escalate: true,
        justification: "I must",
        prefixRule: ["echo"],
      }),
      text("done"),
    );
    const turnId = await codex.startTurn(await codex.startThread(), "hi");
    const asked = await answer(codex, "item/commandExecution/requestApproval", {
      decision: "accept",
    });
    expect(asked.params).toMatchObject({
      turnId,
      reason: "I must",
      command: expect.stringContaining("echo yes"),
      availableDecisions: expect.arrayContaining(["accept", "cancel"]),
    });
    await codex.turnEnd(turnId);
    expect(items(codex, "commandExecution")[0]).toMatchObject({ status: "completed" });
    expect(methods(codex)).toContain("serverRequest/resolved");
  });

  test("a declined command does not run, and the model is told", async () => {
    await using codex = await startRealCodex({ approvalPolicy: "on-request" });
    codex.model.turn(execCommand({ cmd: "echo no > made", escalate: true }), text("done"));
    const turnId = await codex.startTurn(await codex.startThread(), "hi");
    await answer(codex, "item/commandExecution/requestApproval", { decision: "decline" });
    await codex.turnEnd(turnId);
    expect(items(codex, "commandExecution")[0]).toMatchObject({ status: "declined" });
    expect(lastOutput(codex)).toContain("rejected");
    await expect(readFile(join(codex.home.workspace, "made"))).rejects.toThrow("ENOENT");
  });

  test("a command that yields goes on, and takes input", async () => {
    await using codex = await startRealCodex();
    codex.model.turn(
      execCommand({ cmd: "echo ready; read line; echo got $line", tty: true, yieldTimeMs: 250 }),
      text("waiting"),
    );
    const threadId = await codex.startThread();
    await codex.turnEnd(await codex.startTurn(threadId, "hi"));
    const sessionId = Number(/session ID (\d+)/.exec(lastOutput(codex))?.[1]);
    codex.model.turn(writeStdin({ sessionId, chars: "this\n", yieldTimeMs: 250 }), text("done"));
    await codex.turnEnd(await codex.startTurn(threadId, "go"));
    expect(lastOutput(codex)).toContain("got this");
    const typed = await codex.client.event("item/commandExecution/terminalInteraction");
    expect(typed.params.stdin).toBe("this\n");
  });

  test.each([
    ["by its own tool", {}],
    ["by the shell, where the model has no such tool", { apply_patch_tool_type: null }],
  ])("a patch on an untrusted thread is asked about and applied %s", async (_, catalog) => {
    await using codex = await startRealCodex({ catalog });
    codex.model.turn(applyPatch(addFilePatch("new.txt", "one\ntwo\n")), text("done"));
    const threadId = await codex.startThread({ approvalPolicy: "untrusted" });
    const turnId = await codex.startTurn(threadId, "hi");
    const asked = await answer(codex, "item/fileChange/requestApproval", { decision: "accept" });
    expect(asked.params).toMatchObject({ turnId });
    await codex.turnEnd(turnId);
    expect(items(codex, "fileChange")[0]).toMatchObject({
      status: "completed",
      changes: [{ kind: { type: "add" }, diff: "one\ntwo\n" }],
    });
    expect(await readFile(join(codex.home.workspace, "new.txt"), "utf8")).toBe("one\ntwo\n");
    const diff = await codex.client.event("turn/diff/updated");
    expect(diff.params.diff).toContain("+one\n+two\n");
  });

  test("a local shell call is not carried out by this Codex", async () => {
    await using codex = await startRealCodex();
    codex.model.turn(localShell(["echo", "x"]));
    const end = await codex.turnEnd(await codex.startTurn(await codex.startThread(), "hi"));
    expect(end.status).toBe("completed");
    expect(items(codex, "commandExecution")).toEqual([]);
  });
});

describe("questions and tools", () => {
  test("permissions are asked for and granted", async () => {
    await using codex = await startRealCodex({
      approvalPolicy: "on-request",
      sandboxMode: "read-only",
      features: { request_permissions_tool: true },
    });
    codex.model.turn(
      requestPermissions({ network: { enabled: true } }, { reason: "to look it up" }),
      text("done"),
    );
    const turnId = await codex.startTurn(await codex.startThread(), "hi");
    const asked = await answer(codex, "item/permissions/requestApproval", {
      permissions: { network: { enabled: true } },
      scope: "turn",
    });
    expect(asked.params).toMatchObject({ reason: "to look it up" });
    await codex.turnEnd(turnId);
    expect(lastOutput(codex)).toContain("enabled");
  });

  test("the person is asked in plan mode, and the answer goes back", async () => {
    await using codex = await startRealCodex();
    const options = [
      { label: "Red", description: "a colour" },
      { label: "Blue", description: "another" },
    ];
    codex.model.turn(
      requestUserInput([{ id: "colour", header: "Colour", question: "Which?", options }]),
      text("done"),
    );
    const settings = { model: "mock-model", reasoning_effort: null, developer_instructions: null };
    const turnId = await codex.startTurn(await codex.startThread(), "hi", {
      collaborationMode: { mode: "plan", settings },
    });
    const asked = await answer(codex, "item/tool/requestUserInput", {
      answers: { colour: { answers: ["Blue"] } },
    });
    expect(asked.params).toMatchObject({ isBlocking: true, questions: [{ id: "colour" }] });
    await codex.turnEnd(turnId);
    expect(lastOutput(codex)).toContain("Blue");
  });

  test("a dynamic tool is called at the client", async () => {
    await using codex = await startRealCodex();
    codex.model.turn(functionCall("upper", { word: "a" }), text("done"));
    const threadId = await codex.startThread({
      dynamicTools: [
        {
          type: "function",
          name: "upper",
          description: "Upper case.",
          inputSchema: { type: "object" },
        },
      ],
    });
    const turnId = await codex.startTurn(threadId, "hi");
    const asked = await answer(codex, "item/tool/call", {
      contentItems: [{ type: "inputText", text: "A" }],
      success: true,
    });
    expect(asked.params).toMatchObject({ tool: "upper", arguments: { word: "a" } });
    await codex.turnEnd(turnId);
    expect(items(codex, "dynamicToolCall")[0]).toMatchObject({ success: true });
    expect(lastOutput(codex)).toContain("A");
  });

  test("an unknown tool is refused to the model and the turn goes on", async () => {
    await using codex = await startRealCodex();
    codex.model.turn(customToolCall("nothing", "x"), text("done"));
    const end = await codex.turnEnd(await codex.startTurn(await codex.startThread(), "hi"));
    expect(end.status).toBe("completed");
    expect(lastOutput(codex)).toContain("unsupported");
  });

  test("a plan and a web search show as what they are", async () => {
    await using codex = await startRealCodex();
    codex.model.turn(
      updatePlan([{ step: "look", status: "in_progress" }], { explanation: "because" }),
      [webSearch("cats"), text("done")],
    );
    await codex.turnEnd(await codex.startTurn(await codex.startThread(), "hi"));
    expect((await codex.client.event("turn/plan/updated")).params).toMatchObject({
      explanation: "because",
      plan: [{ step: "look", status: "inProgress" }],
    });
    expect(items(codex, "webSearch")[0]).toMatchObject({ query: "cats" });
  });
});

describe("the MCP server", () => {
  const accepted = { action: "accept", content: null, _meta: null };

  async function withServer(...calls: readonly ReturnType<typeof mcpToolCall>[]) {
    const codex = await startRealCodex({
      approvalPolicy: "on-request",
      mcpServers: { helper: mcpTestServer() },
    });
    codex.model.turn(...calls, text("done"));
    return { codex, turnId: await codex.startTurn(await codex.startThread(), "hi") };
  }

  test("its tool is asked about by an elicitation, then called", async () => {
    const { codex, turnId } = await withServer(mcpToolCall("helper", "echo", { text: "hello" }));
    await using _ = codex;
    const asked = await answer(codex, "mcpServer/elicitation/request", accepted);
    expect(asked.params).toMatchObject({
      serverName: "helper",
      _meta: { codex_approval_kind: "mcp_tool_call", tool_name: "echo" },
    });
    await codex.turnEnd(turnId);
    expect(items(codex, "mcpToolCall")[0]).toMatchObject({
      server: "helper",
      tool: "echo",
      status: "completed",
    });
    expect(lastOutput(codex)).toContain("hello");
  });

  test("it elicits by a form and by a URL, and gets the answers", async () => {
    const { codex, turnId } = await withServer(
      mcpToolCall("helper", "ask", { message: "Your name?" }),
      mcpToolCall("helper", "ask", { message: "Go there", url: "https://example.com/" }),
    );
    await using _ = codex;
    await answer(codex, "mcpServer/elicitation/request", accepted);
    const form = await answer(codex, "mcpServer/elicitation/request", {
      ...accepted,
      content: { name: "Ada" },
    });
    expect(form.params).toMatchObject({ mode: "form", message: "Your name?" });
    await answer(codex, "mcpServer/elicitation/request", accepted);
    const url = await answer(codex, "mcpServer/elicitation/request", {
      ...accepted,
      action: "cancel",
    });
    expect(url.params).toMatchObject({ mode: "url", url: "https://example.com/" });
    await codex.turnEnd(turnId);
    const results = items(codex, "mcpToolCall").map(({ result }) => JSON.stringify(result));
    expect(results[0]).toContain("Ada");
    expect(results[1]).toContain("cancel");
  });

  test("its tool can fail", async () => {
    const { codex, turnId } = await withServer(
      mcpToolCall("helper", "fail", { message: "broken" }),
    );
    await using _ = codex;
    await answer(codex, "mcpServer/elicitation/request", accepted);
    await codex.turnEnd(turnId);
    expect(lastOutput(codex)).toContain("broken");
  });
});

test("a thread is compacted by a request of its own", async () => {
  await using codex = await startRealCodex();
  codex.model.turn(text("first"), text("the summary"));
  const threadId = await codex.startThread();
  await codex.turnEnd(await codex.startTurn(threadId, "hi"));
  await codex.client.request("thread/compact/start", { threadId });
  await codex.client.event(
    "item/completed",
    ({ item }) => (item as Item).type === "contextCompaction",
  );
  await codex.client.event("turn/completed");
  expect(codex.model.requests).toHaveLength(2);
});
