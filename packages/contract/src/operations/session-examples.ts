/** The session that examples show. */
import type { z } from "zod";
import { exampleIds } from "../operation/example-ids.ts";
import type { sessionSummary, thread } from "./session.ts";

/** A session, for examples. */
export const exampleSession = {
  sessionId: exampleIds.sessionId,
  handle: null,
  title: "New chat",
  materialized: false,
  status: "idle",
  activeTurnId: null,
  modelProvider: "openai",
  approvalPolicy: "on-request",
  sessionControls: {
    model: "gpt-5.4",
    approvalPolicy: "on-request",
    networkAccess: "restricted",
    filesystemSandbox: "workspace-write",
    settings: {},
  },
  createdAt: 1_767_225_600,
  updatedAt: 1_767_225_600,
  cwd: "/home/me/project",
  source: "vscode",
  projectId: null,
  effort: null,
  preview: "",
  archived: false,
  authority: "owned",
  systemOwned: false,
  queued: 0,
  queueHold: null,
} satisfies z.output<typeof sessionSummary>;

/** Its thread, for examples. */
export const exampleThread = {
  id: exampleIds.sessionId,
  cwd: "/home/me/project",
  createdAt: 1_767_225_600,
  updatedAt: 1_767_225_600,
  modelProvider: "openai",
  preview: "",
  name: "New chat",
  status: { type: "idle" },
  turns: [],
} satisfies z.output<typeof thread>;
