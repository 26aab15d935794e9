/** What a client may send on the stream. */
import { z } from "zod";
import { SignalboxError } from "../errors/signalbox-error.ts";
import { toInputIssues } from "../operation/http-request.ts";
import { typePatterns } from "./type-filter.ts";

/** The commands of the stream. Unknown fields are refused. */
export const clientFrame = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("subscribe"),
    threadId: z.string().min(1).optional().describe("Only this thread's events"),
    types: typePatterns.optional().describe("Only these types: exact, or a prefix ending in *"),
    after: z
      .string()
      .optional()
      .describe(
        "Cursor; what follows it is replayed first. Wanted views of its own event come again, since the connection may have been cut before them: known by seq and type",
      ),
  }),
  z.strictObject({ type: z.literal("unsubscribe") }),
  z.strictObject({ type: z.literal("ping") }),
]);

/** A command. `subscribe` replaces the filter; without `after` delivery goes on from where it is. */
export type ClientFrame = z.output<typeof clientFrame>;

/** Reads one text frame. Throws `invalid_command`, naming the field that is wrong. */
export function parseClientFrame(text: string): ClientFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SignalboxError("invalid_command", "The frame is not JSON.");
  }
  const parsed = clientFrame.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = toInputIssues(parsed.error.issues[0]!)[0]!;
  throw new SignalboxError(
    "invalid_command",
    `${issue.path === "" ? "" : `${issue.path}: `}${issue.message}`,
  );
}
