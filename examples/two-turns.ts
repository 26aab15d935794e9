/** Two turns at once over one codex, each printed as it is written; one asks before it runs a command. */
import { Codex } from "@signalbox/app-server";

await using codex = new Codex();

codex.onRequest("item/commandExecution/requestApproval", ({ command }) => {
  console.log(`[approval] declined: ${command}`);
  return { decision: "decline" };
});

async function ask(name: string, prompt: string): Promise<boolean> {
  const thread = await codex.startThread({ sandbox: "read-only", approvalPolicy: "on-request" });
  const turn = await thread.startTurn(prompt);
  for await (const piece of turn.text()) console.log(`[${name}] ${piece}`);
  const result = await turn.result();
  console.log(`[${name}] ${result.status}, ${result.usage?.total.totalTokens ?? 0} tokens`);
  return result.ok;
}

const answers = await Promise.all([
  ask("readme", "Say in one sentence what the README of this folder is about."),
  ask("haiku", "Write a haiku about railway signals."),
]);
process.exitCode = answers.every(Boolean) ? 0 : 1;
