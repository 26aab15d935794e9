/** A session whose agent can call a function of this program, until Ctrl-C: `npm run example tool-bridge`. */
import { Signalbox, type SkillCatalog } from "@signalbox/sdk/node";
import { z } from "zod";

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

await using box = Signalbox.fromProfile("local");

function register(skills: SkillCatalog) {
  skills.skill(
    { name: "uppercase", description: "Capitals", input: z.object({ text: z.string() }) },
    async ({ text }) => text.toUpperCase(),
  );
}

const { created, skills } = await box.remoteSkills.createSession({ register, cwd: process.cwd() });
const threadId = created.session.sessionId;

box.onAppServerRequest("item.tool.call", async (signal) => {
  await skills.respondToSignal(signal);
});

box.onConnection((event) => {
  if (event.type === "connected") console.log(threadId);
});

await box.stream.runForever({ threadId, signal: stop.signal });
