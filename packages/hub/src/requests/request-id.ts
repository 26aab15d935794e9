/** The hub's ids for questions and claims: unique for ever, and in the order of their making. */
import { randomBytes } from "node:crypto";

/** A new id of a question: `req_`, 12 hex digits of the time in ms, 20 random ones. */
export function newRequestId(): string {
  return newId("req");
}

/** A new id of a claim, made alike. */
export function newClaimId(): string {
  return newId("claim");
}

function newId(prefix: string): string {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${prefix}_${time}${randomBytes(10).toString("hex")}`;
}
