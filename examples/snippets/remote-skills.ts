/** Tools of this process, offered to an agent. */
// #region lifecycle
import { Signalbox } from "@signalbox/sdk/node";
import { z } from "zod";

await using box = Signalbox.fromEnv();
const stock = new Map([["lamp", 3]]);

// A session that lives as long as this block, with one skill.
await using life = await box.remoteSkills.lifecycle({
  register(skills) {
    skills.skill(
      {
        name: "in_stock",
        description: "How many of a part there are",
        input: z.object({ part: z.string() }),
        output: z.object({ count: z.number() }),
        deadline: 10_000,
      },
      ({ part }) => ({ count: stock.get(part) ?? 0 }),
    );
  },
});

// Sends, answers the calls, waits for the end of the turn.
const { status, assistantReply } = await life.skills.sendAndHandle("How many lamps are there?");
console.log(status, assistantReply);
// #endregion lifecycle
const { sessionId } = life;

// #region abort
await using other = await box.remoteSkills.lifecycle({
  register(skills) {
    skills.skill({ name: "wait", input: z.object({ ms: z.number() }) }, ({ ms }, { signal }) =>
      Promise.race([
        new Promise<string>((resolve) => setTimeout(resolve, ms, "waited")),
        new Promise<never>((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        }),
      ]),
    );
  },
});
// #endregion abort
await other.skills.close();

// #region bind
const skills = await box.remoteSkills.bind(sessionId, {
  register(catalog) {
    catalog.skill({ name: "in_stock", input: z.object({ part: z.string() }) }, ({ part }) => ({
      count: stock.get(part) ?? 0,
    }));
  },
});
// #endregion bind

// #region serve
const stop = new AbortController();
const serving = skills.serve({
  signal: stop.signal,
  concurrency: 4,
  onOutcome: (outcome) => console.log(outcome.status),
});
// #endregion serve

const { turnId } = await skills.send("And how many switches?");
await box.wait.turn({ sessionId, turnId });
stop.abort();
await serving;

// #region signal
box.onAppServerRequest("item.tool.call", async (signal) => {
  const outcome = await skills.respondToSignal(signal);
  if (outcome.status === "unsent") console.error(outcome.error);
});
// #endregion signal

// #region drain
for (const outcome of await skills.drainPendingCalls()) console.log(outcome.status);
// #endregion drain
