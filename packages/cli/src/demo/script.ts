/** What the scripted model does in the demo's one turn. */
import { deltas, execCommand, functionCall, type ScriptedModel, text } from "@signalbox/testing";

/** The only command the demo lets run. */
export const demoCommand = "printf 'approved by the demo\\n'";
/** What the skill is called with. */
export const demoText = "signalbox";
/** Deltas of the model's final answer; the wire is cut at the `cutAt`th of them. */
export const demoDeltas = { count: 240, cutAt: 80 };
const gateName = "while the wire is cut";

/** Queues the turn: a call of the skill, a command that needs an approval, a long answer. */
export function scriptTurn(model: ScriptedModel): void {
  model.turn(
    functionCall("uppercase", { text: demoText }),
    execCommand({ cmd: demoCommand }),
    // Held past the cut, so that the rest is certain to happen while nobody is connected.
    text(
      deltas(demoDeltas.count, (index) => `${index + 1} `, { [demoDeltas.cutAt + 20]: gateName }),
    ),
  );
}

/** Lets the answer go on. */
export function releaseAnswer(model: ScriptedModel): void {
  model.gate(gateName).release();
}

/** What a real model is asked to do. */
export const realPrompt = [
  `First call the tool "uppercase" with the text ${JSON.stringify(demoText)}.`,
  `Then run exactly this shell command once: ${demoCommand}`,
  "Then write the numbers from 1 to 120, separated by blanks, and nothing else.",
].join(" ");

/** What the scripted model is asked to do. */
export const scriptedPrompt =
  "Put a word into capitals with my tool, run one command, then count for a while.";
