/**
 * Offers a skill to a session that was made elsewhere, by every way there is at once: two handlers,
 * `serve`, and draining. Prints `ready`, then a line for each run of the skill and for each outcome.
 */
import { Signalbox } from "@signalbox/sdk";
import { z } from "zod";

const [url = "", token = "", sessionId = "", name = "", tool = "", how = "answer"] =
  process.argv.slice(2);
const box = new Signalbox({ url, token, stream: { backoff: { base: 20, cap: 200 } } });
const say = (line: string) => process.stdout.write(`${line}\n`);

const skills = await box.remoteSkills.bind(sessionId, {
  partial: true,
  register(catalog) {
    catalog.skill(
      { name: tool, input: z.object({ n: z.number() }) },
      async ({ n }, { requestId }) => {
        say(`run ${n} ${requestId}`);
        if (how === "hang") await new Promise(() => undefined);
        return `${name} did ${n}`;
      },
    );
  },
});

for (let twice = 0; twice < 2; twice += 1) {
  box.onAppServerRequest("item.tool.call", async (signal) => {
    const outcomes = await Promise.all([
      skills.respondToSignal(signal),
      skills.drainPendingCalls(),
    ]);
    for (const outcome of outcomes.flat()) {
      say(`outcome ${outcome.status} ${"reason" in outcome ? outcome.reason : ""}`);
    }
  });
}
box.onConnection(({ type }) => {
  if (type === "connected") say("ready");
});
await Promise.all([box.stream.runForever({ threadId: sessionId }), skills.serve()]);
