/** Skills told to the model in words, with what Codex's tool list has no place for. */
import type { Skill } from "./catalog.ts";

/** The skills by name, with their schemas and what they give back. Empty when there are none. */
export function instructionText(skills: readonly Skill[]): string {
  if (skills.length === 0) return "";
  return [
    "Tools of this session that run outside it, in programs of its owner.",
    "Call one by its name when it fits; its result comes back as the call's output.",
    ...skills.map(describe),
  ].join("\n");
}

/** A message with the skills told before it; the message itself when there are none. */
export function injectInstructions(skills: readonly Skill[], text: string): string {
  if (skills.length === 0) return text;
  return `${instructionText(skills)}\n\nRequest of the user:\n${text}`;
}

function describe({ tool, outputSchema, outputDescription }: Skill): string {
  const lines = [
    `- ${tool.name}: ${tool.description}`,
    `  input: ${JSON.stringify(tool.inputSchema)}`,
  ];
  if (outputSchema !== null) lines.push(`  output: ${JSON.stringify(outputSchema)}`);
  if (outputDescription !== null) lines.push(`  gives: ${outputDescription}`);
  return lines.join("\n");
}
