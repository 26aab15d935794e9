/** What was captured from the real codex, for every kind of event, read as turns and as session facts. */
import { type SessionEvent, toSessionEvents } from "@signalbox/app-server";
import { serverNotifications, serverRequests, threadIdOf, turnIdOf } from "@signalbox/protocol";
import { readTranscript, transcriptNames } from "@signalbox/testing";
import { describe, expect, test } from "vitest";
import type { Message } from "../../packages/app-server/src/router/message.ts";
import { MessageRouter } from "../../packages/app-server/src/router/message-router.ts";

function said(name: string): Message[] {
  return readTranscript(name)
    .filter(({ from, message }) => from === "server" && message.method !== undefined)
    .map(({ message }) => message as Message);
}

function factsOf(name: string): SessionEvent[] {
  return said(name).flatMap(toSessionEvents);
}

/** The types of the facts, with what tells two of one type apart. */
function storyOf(name: string): string[] {
  return factsOf(name).map((fact) => ("kind" in fact ? `${fact.type} ${fact.kind}` : fact.type));
}

const oneItem = ["item.started", "item.completed"];
const opening = ["session.running", "turn.started", ...oneItem];
const answer = [...oneItem, "usage.updated", "session.idle"];

describe("the facts of a captured session", () => {
  test.each([
    ["turn-plain", [...opening, ...answer, "turn.completed"]],
    ["turn-failed-http", [...opening, "session.error", "turn.failed"]],
    ["turn-interrupted", [...opening, ...oneItem, "session.idle", "turn.interrupted"]],
    [
      "command-approval-accepted",
      [
        ...opening,
        "session.waiting",
        "item.started",
        "request.opened command_approval",
        "request.resolved",
        "session.running",
        "item.completed",
        "usage.updated",
        ...answer,
        "turn.completed",
      ],
    ],
    [
      "tool-call-succeeded",
      [
        ...opening,
        "item.started",
        "request.opened tool_call",
        "item.completed",
        "usage.updated",
        ...answer,
        "turn.completed",
      ],
    ],
  ])("%s tell its story in order", (name, story) => {
    expect(storyOf(name)).toEqual(story);
  });

  test.each([
    ["file-change-accepted", ["request.opened file_change_approval", "diff.updated"]],
    ["permissions-granted", ["request.opened permissions_approval"]],
    ["user-input-blocking", ["request.opened user_input"]],
    ["mcp-elicitation-form", ["request.opened elicitation"]],
    ["current-time", ["request.opened time"]],
    ["goal-turns", ["goal.updated"]],
    ["thread-goal-set-and-cleared", ["goal.updated", "goal.cleared"]],
    ["thread-compacted", ["session.compacted"]],
    [
      "thread-renamed-archived-deleted",
      ["session.renamed", "session.archived", "session.unarchived", "session.deleted"],
    ],
    ["thread-unsubscribed-closed-resumed", ["session.unloaded"]],
  ])("%s have a word for what it shows", (name, words) => {
    expect(storyOf(name)).toEqual(expect.arrayContaining(words));
  });

  test("of every transcript: each turn starts and ends once, each question is opened once and resolved at most once", () => {
    for (const name of transcriptNames()) {
      const facts = factsOf(name);
      const started = facts.flatMap((fact) => (fact.type === "turn.started" ? fact.turnId : []));
      const ended = facts.flatMap((fact) =>
        fact.type === "turn.completed" ||
        fact.type === "turn.failed" ||
        fact.type === "turn.interrupted"
          ? fact.turnId
          : [],
      );
      // A review's turn is announced under one id and ends under another.
      if (name === "review") expect(ended).toHaveLength(started.length);
      else expect([name, ended.toSorted()]).toEqual([name, started.toSorted()]);
      expect(new Set(started).size).toBe(started.length);
      const opened = facts.flatMap((fact) =>
        fact.type === "request.opened" ? fact.requestId : [],
      );
      const resolved = facts.flatMap((fact) =>
        fact.type === "request.resolved" ? fact.requestId : [],
      );
      expect(new Set(opened).size).toBe(opened.length);
      expect(new Set(resolved).size).toBe(resolved.length);
      for (const id of resolved) expect(opened).toContain(id);
    }
  });
});

describe("every captured message", () => {
  test("is of a known method and reaches the turn it names, whole and in order, and nobody else's", async () => {
    for (const name of transcriptNames()) {
      const router = new MessageRouter();
      const messages = said(name);
      const asked = new Map<string | number, string>();
      const expected = new Map<string, string[]>();
      const unscoped: string[] = [];
      for (const message of messages) {
        expect(message.method in serverNotifications || message.method in serverRequests).toBe(
          true,
        );
        let turnId = turnIdOf(message);
        if ("id" in message && turnId !== undefined) asked.set(message.id, turnId);
        if (message.method === "serverRequest/resolved")
          turnId = asked.get(message.params.requestId);
        const line = JSON.stringify(message);
        if (turnId === undefined) unscoped.push(line);
        else expected.set(turnId, [...(expected.get(turnId) ?? []), line]);
      }
      const records = [...expected.keys()].map((turnId) => {
        const threadId = threadIdOf(
          messages.find((message) => turnIdOf(message) === turnId) as Message,
        );
        return router.turns.watch(threadId ?? "", turnId);
      });
      for (const message of messages) {
        const line = JSON.stringify(message);
        router.receive(line, line.length);
      }
      router.failAll(new Error("the end") as never);
      for (const record of records) {
        const heard: string[] = [];
        try {
          for await (const message of record.open({ late: true }))
            heard.push(JSON.stringify(message));
        } catch {
          // A turn whose end was not captured ends with the connection.
        }
        expect([name, heard]).toEqual([name, expected.get(record.turnId)]);
      }
      expect(router.counters).toEqual({ unreadable: 0, malformed: 0, unmatched: 0 });
      expect(unscoped.length + [...expected.values()].flat().length).toBe(messages.length);
    }
  });
});
