/** Acts by itself: at a time, when a turn ends, when something is asked, when a webhook comes. */
import { createHmac } from "node:crypto";
import { Signalbox } from "@signalbox/sdk/node";

await using box = Signalbox.fromEnv();
const { session } = await box.sessions.create({ title: "Reports", approvalPolicy: "untrusted" });
const { sessionId } = session;

// #region schedule
const { trigger: morning } = await box.triggers.create({
  name: "Morning report",
  sessionId,
  when: {
    type: "cron",
    expression: "0 8 * * MON-FRI",
    timeZone: "Europe/Berlin",
    missed: "once",
  },
  action: { type: "send", mode: "queue", text: "What is open? Begin with what is late." },
});
console.log(morning.name, morning.enabled);
// #endregion schedule

// #region test
const monday = Date.parse("2026-11-23T08:00:00+01:00");
const dry = await box.triggers.test({ triggerId: morning.triggerId, at: monday });
console.log(dry.wouldFire, dry.guards.map(({ guard }) => guard).join());
// #endregion test

// #region event
await box.triggers.create({
  name: "A command failed",
  sessionId,
  when: {
    type: "event",
    types: ["app_server.item.completed"],
    where: [
      { path: "payload.params.item.type", op: "eq", value: "commandExecution" },
      { path: "payload.params.item.exitCode", op: "gt", value: 0 },
    ],
  },
  action: {
    type: "send",
    mode: "queue",
    text: "{{event.payload.params.item.command}} failed. Find out why.",
  },
  guards: { maxPerHour: 6, deduplicate: true },
});
// #endregion event

// #region answer
await box.triggers.create({
  name: "No pushing",
  sessionId,
  when: { type: "request", kinds: ["command_approval"] },
  action: {
    type: "answer",
    mode: "rules",
    rules: [{ kind: "command_approval", action: "deny", prefix: ["git", "push"] }],
  },
});
// #endregion answer

// #region webhook
const { trigger: build, secret } = await box.triggers.create({
  name: "The build",
  sessionId,
  when: { type: "webhook" },
  action: { type: "send", mode: "queue", text: "The build of {{event.payload.branch}} is red." },
});
// #endregion webhook

// #region fired
box.onEvent("trigger.fired", ({ payload: { firing } }) => {
  console.log(firing.name, firing.state, firing.preview);
  const held = firing.guards.find(({ passes }) => !passes);
  if (held !== undefined) console.log(held.guard, held.reason);
});
// #endregion fired

const fired = Promise.withResolvers<void>();
box.onEvent("trigger.fired", () => fired.resolve());
const stop = new AbortController();
const { journal } = await box.system.health();
const cursor = `${journal.epoch}:${journal.head}`;
const running = box.stream.runForever({ threadId: sessionId, cursor, signal: stop.signal });

// #region deliver
async function deliver(url: string, triggerId: string, secret: string): Promise<number> {
  const body = JSON.stringify({ branch: "main" });
  const id = crypto.randomUUID();
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`);
  const response = await fetch(`${url}/api/hooks/${triggerId}`, {
    method: "POST",
    body,
    headers: {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signed.digest("base64")}`,
    },
  });
  return response.status;
}
// #endregion deliver

const url = process.env.SIGNALBOX_URL ?? "http://127.0.0.1:4777";
console.log(await deliver(url, build.triggerId, secret ?? ""));
await fired.promise;
stop.abort();
await running;

// #region history
const { data } = await box.triggers.firings.list({ sessionId, limit: 20 });
for (const { name, state, cause, result } of data) {
  console.log(name, state, cause.type, result.turnId === undefined ? "waits" : "runs");
}
// #endregion history
