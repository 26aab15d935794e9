/**
 * An agent that gives work to a session of its own making, with the hub's operations as its tools.
 * Codex has to know them, once: `codex mcp add signalbox -- signalbox mcp`. Runs against the hub of
 * SIGNALBOX_URL and SIGNALBOX_TOKEN, else against the one on this machine (`signalbox serve`).
 */
import type { EventPage } from "@signalbox/contract";
import { Signalbox } from "@signalbox/sdk/node";

await using box = Signalbox.fromEnv();
const { session } = await box.sessions.create({ title: "Lead", approvalPolicy: "on-request" });
const { sessionId } = session;

// What only looks, codex lets the agent do. Beginning sessions and talking in them is allowed here;
// whatever else it tries is declined, such as taking away what others made.
const tool = (name: string) => ({ kind: "elicitation", server: "signalbox", tool: name }) as const;
await box.sessions.policy.set({
  sessionId,
  mode: "rules",
  rules: [
    { ...tool("signalbox_sessions_write"), action: "allow" },
    { ...tool("signalbox_turns_write"), action: "allow" },
    { kind: "elicitation", server: "signalbox", action: "deny" },
  ],
});

// Codex begins a turn without waiting for its MCP servers, so the agent is spoken to once it has this one.
await box.wait.until(
  async (signal) => {
    const query = { threadId: sessionId, types: "app_server.mcp_server.startup_status.updated" };
    const page = (await box.raw.request("GET", "/events", { query, signal })) as EventPage;
    const told = page.data.map(({ payload }) => payload as { params: Record<string, unknown> });
    return told.some(({ params }) => params.name === "signalbox" && params.status === "ready");
  },
  { description: "signalbox as an MCP server of codex (codex mcp add signalbox -- signalbox mcp)" },
);

const text = [
  "You lead a helper, by the tools of signalbox. Begin a session with the handle @helper, ask it in",
  "how many ways a railway signal can fail, wait for its turn to end, and read what it said in its",
  "transcript. Then delete its session, and tell me what it said.",
].join(" ");
const { turnId } = await box.sessions.sendMessage({ sessionId, text });
const { status, reply } = await box.wait.reply({ sessionId, turnId, timeout: 300_000 });
console.log(`[lead] ${status}: ${reply}`);

// The audit says who did it: codex tells for which of its threads it asks.
const { data } = await box.audit.list({ limit: 200 });
for (const { actor, operation, outcome } of data.toReversed()) {
  if (actor === `codex:${sessionId}`) console.log(`[audit] the lead: ${operation} (${outcome})`);
}
