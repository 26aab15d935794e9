/** Messages of firings that Codex was not there for: the firing waited, and said it again as another message. */
import type { Message } from "@signalbox/contract";
import { marksIn } from "./marks.ts";

/** What such a message is refused for. Nothing was said. */
const passing: readonly string[] = ["runtime_unavailable", "overloaded", "hub_closing"];

/** Whether a message is one. */
export function isVainTry({ text, state, error }: Message): boolean {
  const [mark = ""] = marksIn(text);
  return mark.startsWith("fir_") && state === "refused" && passing.includes(error?.code ?? "");
}

/** All but those that another message took the place of: its mark stands for both. */
export function withoutReplaced(messages: readonly Message[]): Message[] {
  const said = new Set(
    messages.filter((message) => !isVainTry(message)).map(({ text }) => marksIn(text)[0]),
  );
  return messages.filter((message) => !isVainTry(message) || !said.has(marksIn(message.text)[0]));
}
