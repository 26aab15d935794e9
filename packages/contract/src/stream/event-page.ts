/** `GET /api/events`: the stream's events as pages. */
import { z } from "zod";
import { streamEvent } from "./event.ts";
import { controlFrames } from "./server-frame.ts";

/** One page, oldest first. */
export const eventPage = z.object({
  data: z.array(streamEvent),
  next: z.string().nullable().describe("Cursor of the next page; null when nothing more is stored"),
  cursor: z.string().describe("Where this page ends: ask after it for what comes later"),
  gap: controlFrames.gap.optional().describe("What can't be replayed before this page"),
});

/** One page, oldest first. */
export type EventPage = z.output<typeof eventPage>;
