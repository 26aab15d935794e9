/** The hub's ids for questions: unique for ever, and in the order of their making. */
import { randomBytes } from "node:crypto";

/** A new id: `req_`, 12 hex digits of the time in ms, 20 random ones. */
export function newRequestId(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  return `req_${time}${randomBytes(10).toString("hex")}`;
}
