/**
 * Transcripts of questions: what Codex asks its client, and what comes of each answer.
 */

import type { RealCodex } from "../../fixtures/real-codex.ts";
import {
  addFilePatch,
  applyPatch,
  execCommand,
  functionCall,
  mcpTestServer,
  mcpToolCall,
  requestPermissions,
  requestUserInput,
  text,
} from "../../src/index.ts";
import { answer, type Scenario } from "../scenario.ts";

const ACCEPT = { action: "accept", content: null, _meta: null };

function commandApproval(name: string, decision: unknown): Scenario {
  return {
    name,
    options: { approvalPolicy: "on-request" },
    async run(codex) {
      codex.model.turn(
        execCommand({
          cmd: "echo hello",
          escalate: true,
          justification: "May I greet?",
          prefixRule: ["echo"],
        }),
        text("Done."),
      );
      const turnId = await codex.startTurn(await codex.startThread(), "Hello");
      await answer(codex, "item/commandExecution/requestApproval", { decision });
      await codex.turnEnd(turnId);
    },
  };
}

function fileChange(name: string, decision: string): Scenario {
  return {
    name,
    async run(codex) {
      codex.model.turn(applyPatch(addFilePatch("hello.txt", "hello\nworld\n")), text("Done."));
      const threadId = await codex.startThread({ approvalPolicy: "untrusted" });
      const turnId = await codex.startTurn(threadId, "Hello");
      await answer(codex, "item/fileChange/requestApproval", { decision });
      await codex.turnEnd(turnId);
    },
  };
}

function permissions(name: string, granted: object): Scenario {
  return {
    name,
    options: { approvalPolicy: "on-request", features: { request_permissions_tool: true } },
    async run(codex) {
      codex.model.turn(
        requestPermissions({ network: { enabled: true } }, { reason: "To look it up." }),
        text("Done."),
      );
      const turnId = await codex.startTurn(await codex.startThread(), "Hello");
      await answer(codex, "item/permissions/requestApproval", {
        permissions: granted,
        scope: "turn",
      });
      await codex.turnEnd(turnId);
    },
  };
}

function tool(name: string, result: object): Scenario {
  return {
    name,
    async run(codex) {
      codex.model.turn(functionCall("uppercase", { text: "hello" }), text("Done."));
      const dynamicTools = [
        {
          type: "function",
          name: "uppercase",
          description: "Gives the text in upper case.",
          inputSchema: { type: "object", properties: { text: { type: "string" } } },
        },
      ];
      const turnId = await codex.startTurn(await codex.startThread({ dynamicTools }), "Hello");
      await answer(codex, "item/tool/call", result);
      await codex.turnEnd(turnId);
    },
  };
}

function mcp(
  name: string,
  call: ReturnType<typeof mcpToolCall>,
  answers: readonly object[],
): Scenario {
  return {
    name,
    options: { approvalPolicy: "on-request", mcpServers: { helper: mcpTestServer() } },
    async run(codex) {
      codex.model.turn(call, text("Done."));
      const turnId = await codex.startTurn(await codex.startThread(), "Hello");
      for (const one of answers) await answer(codex, "mcpServer/elicitation/request", one);
      await codex.turnEnd(turnId);
    },
  };
}

async function askColour(codex: RealCodex, params: Readonly<Record<string, unknown>>) {
  codex.model.turn(
    requestUserInput([
      {
        id: "colour",
        header: "Colour",
        question: "Which colour?",
        options: [
          { label: "Red", description: "Warm." },
          { label: "Blue", description: "Cool." },
        ],
      },
    ]),
    text("Done."),
  );
  const turnId = await codex.startTurn(await codex.startThread(), "Hello", params);
  await answer(codex, "item/tool/requestUserInput", {
    answers: { colour: { answers: ["Blue"] } },
  });
  await codex.turnEnd(turnId);
}

export const requests: readonly Scenario[] = [
  commandApproval("command-approval-accepted", "accept"),
  commandApproval("command-approval-accepted-by-rule", {
    acceptWithExecpolicyAmendment: { execpolicy_amendment: ["echo"] },
  }),
  commandApproval("command-approval-declined", "decline"),
  commandApproval("command-approval-cancelled", "cancel"),
  commandApproval("command-approval-answered-wrongly", undefined),
  {
    name: "command-approval-interrupted",
    options: { approvalPolicy: "on-request" },
    async run(codex) {
      codex.model.turn(execCommand({ cmd: "echo hello", escalate: true }));
      const threadId = await codex.startThread();
      const turnId = await codex.startTurn(threadId, "Hello");
      await codex.client.event("item/commandExecution/requestApproval");
      await codex.client.request("turn/interrupt", { threadId, turnId });
      await codex.turnEnd(turnId);
    },
  },
  fileChange("file-change-accepted", "accept"),
  fileChange("file-change-declined", "decline"),
  permissions("permissions-granted", { network: { enabled: true } }),
  permissions("permissions-denied", {}),
  {
    name: "user-input-blocking",
    async run(codex) {
      const settings = {
        model: "mock-model",
        reasoning_effort: null,
        developer_instructions: null,
      };
      await askColour(codex, { collaborationMode: { mode: "plan", settings } });
    },
  },
  {
    name: "user-input-not-blocking",
    options: { features: { default_mode_request_user_input: true } },
    run: (codex) => askColour(codex, {}),
  },
  tool("tool-call-succeeded", {
    contentItems: [{ type: "inputText", text: "HELLO" }],
    success: true,
  }),
  tool("tool-call-failed", {
    contentItems: [{ type: "inputText", text: "no such word" }],
    success: false,
  }),
  mcp("mcp-tool-call", mcpToolCall("helper", "echo", { text: "hello" }), [ACCEPT]),
  mcp("mcp-tool-call-declined", mcpToolCall("helper", "echo", { text: "hello" }), [
    { ...ACCEPT, action: "decline" },
  ]),
  mcp("mcp-elicitation-form", mcpToolCall("helper", "ask", { message: "Your name?" }), [
    ACCEPT,
    { ...ACCEPT, content: { name: "Ada" } },
  ]),
  mcp(
    "mcp-elicitation-url",
    mcpToolCall("helper", "ask", { message: "Sign in there.", url: "https://example.com/" }),
    [ACCEPT, ACCEPT],
  ),
  mcp("mcp-tool-call-with-progress", mcpToolCall("helper", "progress", { steps: 2 }), [ACCEPT]),
];
