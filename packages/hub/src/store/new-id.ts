/** The hub's ids: unique for ever, and in the order of their making. */
import { randomBytes } from "node:crypto";

/** A new id: the prefix, `_`, 12 hex digits of the time in ms, 20 random ones. */
export function newId(prefix: string): string {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${prefix}_${time}${randomBytes(10).toString("hex")}`;
}
