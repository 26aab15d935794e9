/**
 * Transcripts of what belongs to the connection, not to a thread.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scenario } from "../scenario.ts";

const refuse = (request: Promise<unknown>) =>
  request.then(
    () => {
      throw new Error("This should have been refused.");
    },
    () => {},
  );

export const connection: readonly Scenario[] = [
  {
    name: "command-exec",
    async run({ client }) {
      await client.request("command/exec", {
        command: ["sh", "-c", "echo out; echo err >&2; exit 3"],
        processId: "exec-1",
        streamStdoutStderr: true,
      });
    },
  },
  {
    name: "process",
    async run({ client, home }) {
      await client.request("process/spawn", {
        command: ["sh", "-c", "read line; echo got $line"],
        processHandle: "process-1",
        cwd: home.workspace,
        streamStdin: true,
        streamStdoutStderr: true,
      });
      await client.request("process/writeStdin", {
        processHandle: "process-1",
        deltaBase64: btoa("this\n"),
        closeStdin: true,
      });
      await client.event("process/exited");
    },
  },
  {
    name: "fs-changed",
    async run({ client, home }) {
      await client.request("fs/watch", { watchId: "watch-1", path: home.workspace });
      await writeFile(join(home.workspace, "new.txt"), "new");
      await client.event("fs/changed");
      await client.request("fs/unwatch", { watchId: "watch-1" });
    },
  },
  {
    name: "fuzzy-file-search",
    async run({ client, home }) {
      await writeFile(join(home.workspace, "needle.txt"), "x");
      await client.request("fuzzyFileSearch/sessionStart", {
        sessionId: "search-1",
        roots: [home.workspace],
      });
      await client.request("fuzzyFileSearch/sessionUpdate", {
        sessionId: "search-1",
        query: "need",
      });
      await client.event("fuzzyFileSearch/sessionCompleted");
      await client.request("fuzzyFileSearch/sessionStop", { sessionId: "search-1" });
    },
  },
  {
    name: "account-login-and-logout",
    async run({ client }) {
      await client.request("account/login/start", { type: "apiKey", apiKey: "not-a-real-key" });
      await client.event("account/login/completed");
      await client.event("account/updated");
      await client.request("account/logout", {});
      await client.event("account/updated");
    },
  },
  {
    name: "errors",
    async run({ client }) {
      const threadId = "00000000-0000-7000-8000-00000000ffff";
      await refuse(client.request("no/such/method"));
      await refuse(client.request("thread/start", { cwd: 7 }));
      await refuse(client.request("thread/read", {}));
      await refuse(client.request("thread/read", { threadId }));
      await refuse(client.request("thread/resume", { threadId }));
      await refuse(client.request("turn/start", { threadId, input: [] }));
      await refuse(client.request("initialize", { clientInfo: { name: "twice", version: "1" } }));
    },
  },
  {
    name: "errors-of-a-busy-or-idle-thread",
    async run(codex) {
      const { client } = codex;
      const threadId = await codex.startThread();
      const input = [{ type: "text", text: "x" }];
      await refuse(client.request("turn/interrupt", { threadId, turnId: "none" }));
      await refuse(client.request("turn/steer", { threadId, expectedTurnId: "none", input }));
    },
  },
  {
    name: "errors-without-the-experimental-api",
    options: { capabilities: { experimentalApi: false } },
    async run(codex) {
      await refuse(codex.client.request("collaborationMode/list", {}));
      await refuse(codex.client.request("thread/start", { dynamicTools: [] }));
    },
  },
];
