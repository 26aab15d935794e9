/** What a user says to an agent. */
import type { UserInput } from "@signalbox/protocol";
import { AppServerError } from "../errors.ts";

/** One part of an input; text needs no `text_elements` here. Images are data URLs or files. */
export type InputPart = Exclude<UserInput, { type: "text" }> | { type: "text"; text: string };

/** A text, or parts in order. */
export type Input = string | InputPart | readonly InputPart[];

/** The wire's form of an input. Throws `invalid_input` when there is nothing in it. */
export function toUserInput(input: Input): UserInput[] {
  const parts: readonly InputPart[] =
    typeof input === "string" ? [{ type: "text", text: input }] : isParts(input) ? input : [input];
  if (parts.length === 0) {
    throw new AppServerError(
      "invalid_input",
      "The input has no parts; nothing was sent. Give a text or at least one part.",
    );
  }
  return parts.map((part) => (part.type === "text" ? { text_elements: [], ...part } : part));
}

function isParts(input: InputPart | readonly InputPart[]): input is readonly InputPart[] {
  return Array.isArray(input);
}
