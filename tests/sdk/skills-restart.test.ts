/** Remote skills that run while their hub is killed and started again, with each way to hold codex. */
import { once } from "node:events";
import type { SkillOutcome } from "@signalbox/sdk";
import { functionCall, type Reply, text } from "@signalbox/testing";
import { expect, test } from "vitest";
import { z } from "zod";
import { World } from "./world.ts";

/** A served session whose skill `work` is done when it is told, and a message that has called it. */
async function startWork(world: World, ...after: Reply[]) {
  const box = world.connect();
  const started = Promise.withResolvers<AbortSignal>();
  const work = Promise.withResolvers<string>();
  let runs = 0;
  const { skills } = await box.remoteSkills.createSession({
    register(catalog) {
      catalog.skill({ name: "work", input: z.object({ n: z.number() }) }, ({ n }, { signal }) => {
        if (n > 1) return `later ${n}`;
        runs += 1;
        started.resolve(signal);
        return work.promise;
      });
    },
  });
  const { sessionId } = skills;
  const script = (...replies: Reply[]) => world.model.when(sessionId).turn(...replies);
  const stop = new AbortController();
  const outcomes: SkillOutcome[] = [];
  const settled = Promise.withResolvers<void>();
  const serving = skills.serve({
    signal: stop.signal,
    onOutcome(outcome) {
      outcomes.push(outcome);
      settled.resolve();
    },
  });
  script(functionCall("work", { n: 1 }), ...after);
  const { turnId } = await box.sessions.sendMessage({ sessionId, text: `Go ${sessionId}` });
  return {
    box,
    skills,
    script,
    turnId,
    /** What became of calls, each once. */
    outcomes: () => outcomes.filter((outcome) => !("duplicate" in outcome && outcome.duplicate)),
    signal: await started.promise,
    settled: settled.promise,
    finish: (result: string) => work.resolve(result),
    runs: () => runs,
    async stop() {
      stop.abort();
      await serving;
    },
  };
}

/** What the model was given back for its last call. */
const lastOutput = ({ model }: World) =>
  JSON.stringify([...model.requests.at(-1)!.toolOutputs.values()].at(-1));

test("with a private codex the handler is told, when the hub is back, that its call is over, and later calls go on", async () => {
  await using world = await World.start();
  const work = await startWork(world);
  const aborted = once(work.signal, "abort");
  await world.killHub();
  await world.startHub();
  await aborted;
  await work.settled;
  expect(work.outcomes()).toMatchObject([{ status: "settled", error: { code: "not_eligible" } }]);
  work.script(functionCall("work", { n: 2 }), text("Done."));
  const { sessionId } = work.skills;
  expect(await work.skills.sendAndHandle(`Again ${sessionId}`)).toMatchObject({
    status: "completed",
  });
  expect(lastOutput(world)).toContain("later 2");
  await work.stop();
}, 40_000);

test.each(["while the hub is away", "after the hub is back"])(
  "with a shared codex the handler runs on, once, and what it gives %s reaches the model",
  async (when) => {
    await using world = await World.start("--runtime", "shared");
    const work = await startWork(world, text("Done."));
    await world.killHub();
    if (when === "while the hub is away") work.finish("done alone");
    await world.startHub();
    if (when === "after the hub is back") work.finish("done alone");
    await work.settled;
    const { sessionId } = work.skills;
    expect(await work.box.wait.turn({ sessionId, turnId: work.turnId })).toMatchObject({
      status: "completed",
    });
    expect(lastOutput(world)).toContain("done alone");
    expect(work.outcomes()).toMatchObject([{ status: "answered", tool: "work", success: true }]);
    expect(work.runs()).toBe(1);
    expect(work.signal.aborted).toBe(false);
    work.script(functionCall("work", { n: 2 }), text("Done."));
    expect(await work.skills.sendAndHandle(`Again ${sessionId}`)).toMatchObject({
      status: "completed",
    });
    expect(lastOutput(world)).toContain("later 2");
    await work.stop();
  },
  40_000,
);
