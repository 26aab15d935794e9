/**
 * Transcripts of threads: what a client does with them between turns.
 */

import type { RealCodex } from "../../fixtures/real-codex.ts";
import { functionCall, gate, text } from "../../src/index.ts";
import { runTurn, type Scenario } from "../scenario.ts";

/** A thread with one finished turn, which is what most operations need to be on disk. */
async function spokenThread(codex: RealCodex): Promise<{ threadId: string; turnId: string }> {
  codex.model.turn(text("Hello."));
  const threadId = await codex.startThread();
  return { threadId, turnId: await runTurn(codex, threadId) };
}

export const threads: readonly Scenario[] = [
  {
    name: "thread-renamed-archived-deleted",
    async run(codex) {
      const { client } = codex;
      const { threadId } = await spokenThread(codex);
      await client.request("thread/name/set", { threadId, name: "A name" });
      await client.event("thread/name/updated");
      await client.request("thread/archive", { threadId });
      await client.event("thread/archived");
      await client.request("thread/unarchive", { threadId });
      await client.event("thread/unarchived");
      await client.request("thread/delete", { threadId });
      await client.event("thread/deleted");
    },
  },
  {
    name: "thread-unsubscribed-closed-resumed",
    options: { config: { thread_unload_delay_secs: 0 } },
    async run(codex) {
      const { client } = codex;
      const { threadId } = await spokenThread(codex);
      await client.request("thread/unsubscribe", { threadId });
      await client.event("thread/closed");
      await client.request("thread/resume", { threadId, excludeTurns: true });
      codex.model.turn(text("Again."));
      await runTurn(codex, threadId);
    },
  },
  {
    name: "thread-resumed-in-full",
    options: { config: { thread_unload_delay_secs: 0 } },
    async run(codex) {
      const { client } = codex;
      const { threadId } = await spokenThread(codex);
      await client.request("thread/unsubscribe", { threadId });
      await client.event("thread/closed");
      await client.request("thread/resume", { threadId });
      await client.event("thread/goal/cleared");
    },
  },
  {
    name: "thread-forked",
    async run(codex) {
      const { threadId } = await spokenThread(codex);
      const { thread } = await codex.client.request("thread/fork", { threadId });
      codex.model.turn(text("Forked."));
      await runTurn(codex, (thread as { id: string }).id);
    },
  },
  {
    name: "thread-reverted",
    async run(codex) {
      const { threadId, turnId } = await spokenThread(codex);
      await codex.client.request("thread/revert", { threadId, beforeTurnId: turnId });
      await codex.client.event("thread/reverted");
    },
  },
  {
    name: "thread-read-and-listed",
    async run(codex) {
      const { client } = codex;
      const { threadId } = await spokenThread(codex);
      await client.request("thread/read", { threadId, includeTurns: true });
      await client.request("thread/turns/list", { threadId });
      await client.request("thread/items/list", { threadId });
      await client.request("thread/list", {});
      await client.request("thread/loaded/list", {});
    },
  },
  {
    name: "thread-settings-updated",
    async run(codex) {
      const threadId = await codex.startThread();
      await codex.client.request("thread/settings/update", { threadId, effort: "medium" });
      await codex.client.event("thread/settings/updated");
    },
  },
  {
    name: "thread-items-injected",
    async run(codex) {
      const threadId = await codex.startThread();
      const content = [{ type: "output_text", text: "From elsewhere." }];
      await codex.client.request("thread/inject_items", {
        threadId,
        items: [{ type: "message", role: "assistant", content }],
      });
      codex.model.turn(text("I have read it."));
      await runTurn(codex, threadId);
    },
  },
  {
    name: "thread-compacted",
    async run(codex) {
      const { threadId } = await spokenThread(codex);
      codex.model.turn(text("The summary."));
      await codex.client.request("thread/compact/start", { threadId });
      await codex.client.event("turn/completed");
    },
  },
  {
    name: "thread-goal-set-and-cleared",
    async run(codex) {
      const { client } = codex;
      const { threadId } = await spokenThread(codex);
      await client.request("thread/goal/set", {
        threadId,
        objective: "Write it.",
        status: "paused",
        tokenBudget: 1000,
      });
      await client.event("thread/goal/updated");
      await client.request("thread/goal/get", { threadId });
      await client.request("thread/goal/clear", { threadId });
      await client.event("thread/goal/cleared");
    },
  },
  {
    name: "thread-queue",
    async run(codex) {
      const { client } = codex;
      const threadId = await codex.startThread();
      codex.model.turn(text(["Busy", gate("queued"), "."]), text("The queued one."));
      const turnId = await codex.startTurn(threadId, "Hello");
      await client.event("item/agentMessage/delta");
      await client.request("thread/queue/add", {
        threadId,
        input: [{ type: "text", text: "Next" }],
        clientUserMessageId: "message-1",
      });
      await client.event("thread/queue/changed");
      codex.model.gate("queued").release();
      await codex.turnEnd(turnId);
      await client.event("turn/completed");
    },
  },
  {
    name: "thread-sections-projects-attachments",
    async run(codex) {
      const { client } = codex;
      const { threadId } = await spokenThread(codex);
      const { section } = await client.request("threadSection/create", { name: "Later" });
      const sectionId = (section as { id: string }).id;
      await client.request("thread/section/move", { threadId, sectionId });
      await client.event("thread/section/changed");
      const { project } = await client.request("project/create", {
        name: "A project",
        roots: [{ path: codex.home.workspace }],
        idempotencyKey: "project-1",
      });
      await client.event("project/changed");
      const projectId = (project as { id: string }).id;
      await client.request("thread/metadata/update", { threadId, projectId });
      await client.event("thread/project/updated");
      await client.request("thread/attachment/add", {
        threadId,
        attachmentType: "link",
        identityKey: "one",
        payload: { url: "https://example.com/" },
      });
      await client.event("thread/attachment/updated");
    },
  },
  {
    name: "review",
    async run(codex) {
      const { threadId } = await spokenThread(codex);
      codex.model.turn(
        text(
          JSON.stringify({
            findings: [],
            overall_correctness: "patch is correct",
            overall_explanation: "Nothing to find.",
            overall_confidence_score: 0.9,
          }),
        ),
      );
      await codex.client.request("review/start", {
        threadId,
        target: { type: "custom", instructions: "Look at it." },
      });
      await codex.client.event("turn/completed");
    },
  },
  {
    name: "goal-turns",
    async run(codex) {
      const { client } = codex;
      const { threadId } = await spokenThread(codex);
      codex.model.turn(
        text("First step."),
        functionCall("update_goal", { status: "complete" }),
        text("It is written."),
      );
      await client.request("thread/goal/set", { threadId, objective: "Write it." });
      await client.event("turn/completed");
      await client.event("turn/completed");
    },
  },
];
