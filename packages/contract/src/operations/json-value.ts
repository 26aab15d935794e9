/** Any JSON value, as a field takes it. */
import type { JsonValue } from "@signalbox/protocol";
import { z } from "zod";

/**
 * Any JSON value, null included, but not nothing. What comes from JSON can be nothing else, so it is
 * not looked through.
 */
export const jsonValue = z.unknown().refine((value) => value !== undefined, {
  message: "Give a JSON value; null where there is none",
}) as unknown as z.ZodType<JsonValue, JsonValue>;
