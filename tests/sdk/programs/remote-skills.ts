import { Signalbox } from "@signalbox/sdk/node";
import { z } from "zod";

await using box = Signalbox.fromEnv();

// A session that lives as long as this block, with one skill.
await using life = await box.remoteSkills.lifecycle({
  register(skills) {
    skills.skill(
      {
        name: "weather",
        description: "The weather at a place",
        input: z.object({ place: z.string() }),
        output: z.object({ degrees: z.number() }).describe("In Celsius"),
        deadline: 10_000,
      },
      async ({ place }, { signal }) => {
        const answer = await fetch(`https://example.org/weather/${place}`, { signal });
        return answer.json();
      },
    );
  },
});

// Sends, answers the calls, waits for the end of the turn.
const { status, assistantReply } = await life.skills.sendAndHandle("How warm is it in Oslo?");
console.log(status, assistantReply);
