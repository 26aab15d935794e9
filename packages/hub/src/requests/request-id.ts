/** The hub's ids for questions and claims. */
import { newId } from "../store/new-id.ts";

/** A new id of a question: `req_`, 12 hex digits of the time in ms, 20 random ones. */
export function newRequestId(): string {
  return newId("req");
}

/** A new id of a claim, made alike. */
export function newClaimId(): string {
  return newId("claim");
}
