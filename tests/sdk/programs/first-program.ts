import { Signalbox } from "@signalbox/sdk/node"; // in a browser: "@signalbox/sdk", with {url, token}
import { z } from "zod";

const box = Signalbox.fromProfile("local");

const { skills } = await box.remoteSkills.createSession({
  register(catalog) {
    catalog.skill(
      { name: "uppercase", description: "Capitals", input: z.object({ text: z.string() }) },
      async ({ text }) => text.toUpperCase(),
    );
  },
});

box.onAppServerRequest("item.tool.call", (signal) => skills.respondToSignal(signal));
box.onAppServer("item.agent_message.delta", (signal) => process.stdout.write(signal.params.delta));
box.onTurn("completed", (signal) => console.log("\n", signal.params.turn.status));

const { journal } = await box.system.health();
const cursor = `${journal.epoch}:${journal.head}`; // so that nothing comes before the stream is there
const running = box.stream.runForever({ threadId: skills.sessionId, cursor });
await box.sessions.sendMessage({ sessionId: skills.sessionId, text: "Shout hello." });
await running;
