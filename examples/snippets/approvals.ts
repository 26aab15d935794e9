/** Answers what an agent asks: by rule, by hand, and afterwards who did it. */
import { isSignalboxError } from "@signalbox/sdk";
import { Signalbox } from "@signalbox/sdk/node";

await using box = Signalbox.fromEnv();
const { session } = await box.sessions.create({ approvalPolicy: "untrusted" });
const { sessionId } = session;

// #region policy
await box.sessions.policy.set({
  sessionId,
  mode: "rules",
  rules: [
    { kind: "command_approval", action: "deny", prefix: ["git", "push"] },
    { kind: "command_approval", action: "allow", prefix: ["git", "status"] },
    { kind: "file_change_approval", action: "allow", folder: "/work/notes" },
    { kind: "elicitation", action: "allow", server: "calendar", tool: "read_events" },
  ],
  deadlines: { command_approval: 10 * 60_000 },
  actor: "ana",
});
// #endregion policy

// #region heard
box.onEvent("request.opened", async ({ payload }) => {
  if (payload.kind !== "command_approval") return;
  // A policy answers it, or the client whose session it is.
  if (payload.decidedBy !== null || payload.deadlineAt === null) return;
  console.log(payload.summary, payload.deadlineAt - payload.openedAt);
  try {
    await box.requests.respond({
      requestId: payload.requestId,
      answer: { kind: "command_approval", decision: "decline" },
      actor: "night watch",
    });
  } catch (error) {
    // A person or the deadline was first.
    if (!isSignalboxError(error) || error.status !== "reconciled") throw error;
  }
});
box.onEvent("request.resolved", ({ payload }) =>
  console.log(payload.outcome, payload.decision, payload.actor, payload.decidedBy?.rule),
);
// #endregion heard

const { journal } = await box.system.health();
const cursor = `${journal.epoch}:${journal.head}`;
const stop = new AbortController();
const running = box.stream.runForever({ threadId: sessionId, cursor, signal: stop.signal });
const first = await box.sessions.sendMessage({ sessionId, text: "Commit and push." });
await box.wait.turn({ sessionId, turnId: first.turnId });
stop.abort();
await running;

const second = await box.sessions.sendMessage({ sessionId, text: "Remove the old notes." });
await box.wait.until(
  async () => (await box.requests.list({ sessionId, state: "pending" })).data.length,
);

// #region inbox
const { data } = await box.requests.list({ sessionId, state: "pending" });
for (const request of data) {
  if (request.kind !== "command_approval") continue;
  console.log(request.command, request.reason);
  await box.approvals.decide({ approvalId: request.requestId, decision: "accept", actor: "ana" });
}
// #endregion inbox

// #region late
try {
  const requestId = data[0]?.requestId ?? "";
  await box.approvals.decide({ approvalId: requestId, decision: "decline" });
} catch (error) {
  if (!isSignalboxError(error) || error.code !== "already_resolved") throw error;
  console.log(error.status, error.details.resolution); // reconciled { ... how it ended ... }
}
// #endregion late
await box.wait.turn({ sessionId, turnId: second.turnId });

// #region audit
const { data: done } = await box.audit.list({ sessionId, order: "oldest" });
for (const { operation, actor, outcome } of done) console.log(operation, actor, outcome);
// #endregion audit

// #region unset
await box.sessions.policy.unset({ sessionId });
// #endregion unset
