/** Marks by which a message is known again wherever it turns up: in its row, in the model's requests, in an event. */

/** What the model does with a message: some it can only do when it may run a command. */
export type Manner = "quick" | "slow" | "failing" | Asking;

/** By whom a command is decided: a rule lets it run or refuses it, or an operator is asked. */
export type Asking = (typeof askings)[number];

/** The ways of asking. */
export const askings = ["allowed", "forbidden", "doubtful"] as const;

const pattern = /\[(m\d+|begin\d+|end\d+|fir_[0-9a-f]{32})\]/g;

/** The marks in a text, in their order. */
export function marksIn(text: string): string[] {
  return [...text.matchAll(pattern)].map(([, mark = ""]) => mark);
}

/** A message with its mark, as people say it. */
export function marked(mark: string, manner: Manner): string {
  return `[${mark}] Please do it, ${manner}.`;
}

/** How the model is to treat what a text says. */
export function mannerOf(text: string): Manner {
  const manners: readonly Manner[] = ["failing", "slow", ...askings];
  return manners.find((manner) => text.includes(`${manner}.`)) ?? "quick";
}
