/**
 * Transcripts of commands and patches while they run, and of reviews that stand in for a person.
 */
import {
  addFilePatch,
  customToolCall,
  event,
  execCommand,
  item,
  type Step,
  text,
  writeStdin,
} from "../../src/index.ts";
import { runTurn, type Scenario } from "../scenario.ts";

/** A freeform tool call whose input comes bit by bit. */
function streamedPatch(patch: string): readonly Step[] {
  const call = { type: "custom_tool_call", id: "ctc_1", call_id: "call_1", name: "apply_patch" };
  const at = { item_id: "ctc_1", call_id: "call_1", output_index: 0 };
  return [
    event({ type: "response.output_item.added", output_index: 0, item: { ...call, input: "" } }),
    ...patch
      .split(/(?<=\n)/)
      .map((delta) => event({ type: "response.custom_tool_call_input.delta", ...at, delta })),
    item({ ...call, input: patch }),
  ];
}

function autoReview(name: string, verdict: object): Scenario {
  return {
    name,
    options: { approvalPolicy: "on-request" },
    async run(codex) {
      codex.model.turn(
        execCommand({ cmd: "echo hello", escalate: true, justification: "May I?" }),
        text(JSON.stringify(verdict)),
        text("Done."),
      );
      await runTurn(codex, await codex.startThread({ approvalsReviewer: "auto_review" }));
    },
  };
}

export const commands: readonly Scenario[] = [
  {
    name: "command-output",
    async run(codex) {
      // Output is told once the first of it is older than a moment.
      codex.model.turn(execCommand({ cmd: "echo one; sleep 0.4; echo two" }), text("Done."));
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "command-terminal-interaction",
    async run(codex) {
      codex.model.turn(
        execCommand({ cmd: "echo ready; read line; echo got $line", tty: true, yieldTimeMs: 250 }),
        text("It waits."),
      );
      const threadId = await codex.startThread();
      await runTurn(codex, threadId);
      const output = JSON.stringify([...codex.model.requests[1]!.toolOutputs.values()]);
      const sessionId = Number(/session ID (\d+)/.exec(output)?.[1]);
      codex.model.turn(writeStdin({ sessionId, chars: "this\n" }), text("Done."));
      await runTurn(codex, threadId);
    },
  },
  {
    name: "patch-streamed",
    options: { features: { apply_patch_streaming_events: true } },
    async run(codex) {
      codex.model.turn(streamedPatch(addFilePatch("new.txt", "one\ntwo\n")), text("Done."));
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "tool-unknown",
    async run(codex) {
      codex.model.turn(customToolCall("nothing", "x"), text("So be it."));
      await runTurn(codex, await codex.startThread());
    },
  },
  autoReview("auto-review-approved", {
    risk_level: "low",
    user_authorization: "high",
    outcome: "allow",
    rationale: "It only prints.",
  }),
  autoReview("auto-review-denied", {
    risk_level: "high",
    user_authorization: "low",
    outcome: "deny",
    rationale: "Nobody asked for it.",
  }),
];
