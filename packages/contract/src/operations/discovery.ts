/** Finding Codex's threads, those the hub keeps and those it does not. */
import { z } from "zod";
import { defineOperation } from "../operation/define-operation.ts";
import { exampleIds } from "../operation/example-ids.ts";
import { askErrors } from "./codex-answer.ts";
import * as fields from "./fields.ts";
import { authorities } from "./session.ts";

/** Characters of a preview or snippet, at most. */
export const maxPreviewLength = 80;

/** A thread as it is found. */
const foundThread = z.object({
  threadId: z.string().describe("Also the session's id, where the hub keeps it"),
  kept: z.boolean().describe("Whether it is one of the hub's sessions"),
  handle: z.string().nullable().describe("Of the session"),
  authority: z.enum(authorities).nullable().describe("Of the session"),
  name: z.string().nullable().describe("As Codex has it"),
  preview: z
    .string()
    .describe(`The first words said, on one line, ${maxPreviewLength} characters at most`),
  status: z.string().describe("As the Codex of this hub has it: notLoaded, idle, active …"),
  cwd: z.string(),
  source: z.string().describe("What began it: cli, vscode, exec …"),
  modelProvider: z.string(),
  createdAt: z.number().describe("Unix seconds"),
  updatedAt: z.number().describe("Unix seconds"),
});

/** A thread as it is found. */
export type FoundThread = z.output<typeof foundThread>;

const exampleFound = {
  threadId: exampleIds.threadId,
  kept: false,
  handle: null,
  authority: null,
  name: null,
  preview: "What does this project do?",
  status: "notLoaded",
  cwd: "/home/me/project",
  source: "cli",
  modelProvider: "openai",
  createdAt: 1_767_225_600,
  updatedAt: 1_767_225_600,
} satisfies FoundThread;

const page = {
  archived: z.boolean().optional().describe("Only archived ones; default only the others"),
  cursor: z.string().min(1).max(2_000).optional().describe("nextCursor of the page before"),
  limit: fields.listLimit
    .default(50)
    .describe("Threads a page, 200 at most; a page can have fewer and not be the last"),
};

/** Lists Codex's threads, the most recently changed first. Nothing is taken in by it. */
export const sessionsDiscover = defineOperation({
  name: "sessions.discover",
  summary: "List Codex's threads, also those that are no sessions yet, the last changed first",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/threads" },
  input: z.strictObject(page),
  output: z.object({ data: z.array(foundThread), nextCursor: fields.nextCursor }),
  errors: [...askErrors],
  examples: [
    {
      title: "What there is",
      given: "unkept_thread",
      input: { limit: 20 },
      output: { data: [exampleFound], nextCursor: null },
    },
    { title: "A page of none is refused", input: { limit: 0 }, error: "invalid_request" },
  ],
});

/** Searches what was said in Codex's threads. */
export const sessionsSearch = defineOperation({
  name: "sessions.search",
  summary: "Search Codex's threads for what was said in them, the last changed first",
  intent: "read",
  idempotent: true,
  http: { method: "GET", path: "/api/threads/search" },
  input: z.strictObject({
    query: z.string().trim().min(1).max(500).describe("What to look for, case ignored"),
    ...page,
  }),
  output: z.object({
    data: z.array(
      foundThread.extend({ snippet: z.string().describe("Where it was found, on one line") }),
    ),
    nextCursor: fields.nextCursor,
  }),
  errors: [...askErrors],
  examples: [
    {
      title: "Where somebody spoke of a project",
      given: "unkept_thread",
      input: { query: "project" },
      output: {
        data: [{ ...exampleFound, snippet: "What does this project do?" }],
        nextCursor: null,
      },
    },
    { title: "Nothing to look for", input: { query: "  " }, error: "invalid_request" },
  ],
});
