/** The numbers in the guides that are the SDK's are those of its code. */
import { expect, test } from "vitest";
import { maxWaitingCalls } from "../../packages/sdk/src/skills/call-dispatcher.ts";
import { maxSkills } from "../../packages/sdk/src/skills/catalog.ts";
import { defaultConcurrency } from "../../packages/sdk/src/skills/session-skills.ts";
import { defaultBackoff } from "../../packages/sdk/src/stream/backoff.ts";
import { defaultTimes } from "../../packages/sdk/src/stream/connection.ts";
import { defaultInboxLimits } from "../../packages/sdk/src/stream/inbox.ts";
import { readGuide, rowsIn } from "./guide.ts";

const seconds = (ms: number) => `${ms / 1_000} s`;
const count = (number: number) => number.toLocaleString("en");

test("what may wait, the pauses and the heartbeat are as the guide says", () => {
  const guide = readGuide("handlers-and-ordering");
  const { events, characters } = defaultInboxLimits;
  expect(guide).toContain(`${count(events)} events, and ${characters / 1024 ** 2} Mi characters`);
  const { cap, stableAfter } = defaultBackoff;
  expect(guide).toContain(`up to ${seconds(cap)}, and start small again`);
  expect(guide).toContain(`a connection that lasted ${seconds(stableAfter)}.`);
  const { pingInterval, livenessDeadline } = defaultTimes;
  expect(guide).toContain(`A ping goes out every ${seconds(pingInterval)};`);
  expect(guide).toContain(`shows nothing for ${seconds(livenessDeadline)} after it`);
});

test("the limits of skills are as the guide says", () => {
  const limits = Object.fromEntries(
    rowsIn(readGuide("remote-skills"), "what").map(([what = "", limit]) => [what, limit]),
  );
  expect(limits).toMatchObject({
    "tools of a session": count(maxSkills),
    "handlers of a session side by side": `${defaultConcurrency}, or \`concurrency\``,
    "calls of a session that wait in this process": count(maxWaitingCalls),
  });
});
