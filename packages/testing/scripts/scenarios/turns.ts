/**
 * Transcripts of turns: what the model says and how a turn ends.
 */
import {
  deltas,
  dropSocket,
  execCommand,
  gate,
  hang,
  httpError,
  incomplete,
  reasoning,
  text,
  updatePlan,
  usage,
  webSearch,
} from "../../src/index.ts";
import { runTurn, type Scenario } from "../scenario.ts";

export const turns: readonly Scenario[] = [
  {
    name: "turn-plain",
    async run(codex) {
      codex.model.turn([
        text(["Hello", ", ", "world."]),
        usage({ input: 120, cachedInput: 80, output: 9 }),
      ]);
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "turn-of-many-deltas",
    async run(codex) {
      codex.model.turn(text(deltas(200)));
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "turn-reasoning",
    async run(codex) {
      codex.model.turn([
        reasoning([["Looking", " around"], "Deciding"], { content: "raw thought" }),
        text("Done.", { phase: "final_answer" }),
      ]);
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "turn-with-progress-messages",
    async run(codex) {
      codex.model.turn(
        [text("Let me look.", { phase: "commentary" }), execCommand({ cmd: "echo looked" })],
        text("It is fine.", { phase: "final_answer" }),
      );
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "turn-plan-updated",
    async run(codex) {
      codex.model.turn(
        updatePlan(
          [
            { step: "Look", status: "completed" },
            { step: "Act", status: "in_progress" },
          ],
          { explanation: "Two steps." },
        ),
        text("Planned."),
      );
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "turn-plan-mode",
    async run(codex) {
      codex.model.turn(text(["<proposed_plan>\n", "# Plan\n", "- one step\n", "</proposed_plan>"]));
      const settings = {
        model: "mock-model",
        reasoning_effort: null,
        developer_instructions: null,
      };
      await runTurn(codex, await codex.startThread(), {
        collaborationMode: { mode: "plan", settings },
      });
    },
  },
  {
    name: "turn-web-search",
    async run(codex) {
      codex.model.turn([webSearch("cats"), text("Found.")]);
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "turn-raw-events",
    async run(codex) {
      codex.model.turn(text("Hello."));
      await runTurn(codex, await codex.startThread({ experimentalRawEvents: true }));
    },
  },
  {
    name: "turn-failed-http",
    async run(codex) {
      codex.model.turn(httpError(400, { error: { message: "bad input" } }));
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "turn-failed-incomplete",
    async run(codex) {
      codex.model.turn([text("Only half"), incomplete()]);
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "turn-failed-then-retried",
    options: { config: { model_providers: { scripted: { stream_max_retries: 1 } } } },
    async run(codex) {
      codex.model.turn([text("Only half"), dropSocket()], text("Whole."));
      await runTurn(codex, await codex.startThread());
    },
  },
  {
    name: "turn-interrupted",
    async run(codex) {
      codex.model.turn([text("So far"), hang()]);
      const threadId = await codex.startThread();
      const turnId = await codex.startTurn(threadId, "Hello");
      await codex.client.event("item/agentMessage/delta");
      await codex.client.request("turn/interrupt", { threadId, turnId });
      await codex.turnEnd(turnId);
    },
  },
  {
    name: "turn-steered",
    async run(codex) {
      codex.model.turn(text(["First", gate("steered"), "."]), text("And the second."));
      const threadId = await codex.startThread();
      const turnId = await codex.startTurn(threadId, "Hello");
      await codex.client.event("item/agentMessage/delta");
      await codex.client.request("turn/steer", {
        threadId,
        expectedTurnId: turnId,
        input: [{ type: "text", text: "Also this" }],
      });
      codex.model.gate("steered").release();
      await codex.turnEnd(turnId);
    },
  },
  {
    name: "turns-of-two-threads",
    async run(codex) {
      codex.model.when("left").turn(text(["l1", gate("left"), "l2"]));
      codex.model.when("right").turn(text(["r1", gate("right"), "r2"]));
      const left = await codex.startTurn(await codex.startThread(), "left");
      await codex.client.event("item/agentMessage/delta");
      const right = await codex.startTurn(await codex.startThread(), "right");
      await codex.client.event("item/agentMessage/delta");
      codex.model.gate("left").release();
      await codex.turnEnd(left);
      codex.model.gate("right").release();
      await codex.turnEnd(right);
    },
  },
];
